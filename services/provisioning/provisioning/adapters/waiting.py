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
    "findings": "SELECT first_seen_at FROM findings WHERE state = 'open' ORDER BY finding_id",
}
