"""What waits for an operator in provisioning: by kind, the times of all, the oldest first."""

WAITING = {
    "grants_to_approve": """
        SELECT now() FROM grants
        WHERE 'approval' = ANY (frozen_for) AND intent <> 'off' ORDER BY number""",
    "failed_grants": """
        SELECT coalesce(step.begun_at, now()) FROM grants JOIN grant_steps AS step USING (grant_id)
        WHERE grants.state = 'failed' AND step.is_stuck ORDER BY grants.number""",
    "stuck_steps": """
        SELECT coalesce(step.begun_at, now()) FROM grant_steps AS step JOIN grants USING (grant_id)
        WHERE step.is_stuck AND grants.state <> 'failed' ORDER BY grants.number""",
    # The time of each is its end, which lies ahead.
    "leases_ending": """
        SELECT lease_ends_at FROM grants
        WHERE lease_ends_at <= now() + interval '14 days' AND NOT lease_is_expired AND intent <> 'off'
        ORDER BY lease_ends_at""",
    "budget_freezes": """
        SELECT coalesce(meter.counted_at, now())
        FROM grants LEFT JOIN spend_meters AS meter USING (grant_id)
        WHERE 'budget' = ANY (frozen_for) AND intent <> 'off' AND meter.ended_at IS NULL
        ORDER BY grants.number""",
    "accounts_not_seen": """
        SELECT least(failing_since, look_at) FROM spend_meters
        WHERE least(failing_since, look_at) < now() - interval '15 minutes'
        ORDER BY least(failing_since, look_at)""",
    "findings": "SELECT first_seen_at FROM findings WHERE state = 'open' ORDER BY finding_id",
}
