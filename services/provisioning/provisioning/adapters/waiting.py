"""What waits for an operator in provisioning: by kind, the times of all, the oldest first.

Each kind has its list, which shows as many: `GET /v1/grants` and `GET /v1/accounts` have a filter for it.
"""

from provisioning.adapters.repositories.accounts import IS_STUCK
from provisioning.adapters.repositories.grants import NEED_OPERATOR
from provisioning.adapters.repositories.meters import IS_NOT_SEEN, NOT_SEEN_SINCE

WAITING = {
    "grants_to_approve": """
        SELECT now() FROM grants
        WHERE cardinality(frozen_for) > 0 AND 'approval' = ANY (frozen_for) AND intent <> 'off'
        ORDER BY number""",
    "failed_grants": """
        SELECT coalesce(step.begun_at, now()) FROM grants JOIN grant_steps AS step USING (grant_id)
        WHERE grants.state = 'failed' AND step.is_stuck ORDER BY grants.number""",
    "stuck_steps": f"""
        SELECT coalesce(step.begun_at, now()) FROM ({NEED_OPERATOR}) AS step JOIN grants USING (grant_id)
        WHERE grants.state <> 'failed' ORDER BY grants.number""",  # noqa: S608 - our own words
    # The time of each is its end, which lies ahead.
    "leases_ending": """
        SELECT lease_ends_at FROM grants
        WHERE lease_ends_at <= now() + interval '14 days' AND NOT lease_is_expired AND intent <> 'off'
        ORDER BY lease_ends_at""",
    "budget_freezes": """
        SELECT coalesce(meter.counted_at, now())
        FROM grants LEFT JOIN spend_meters AS meter
            ON meter.grant_id = grants.grant_id AND meter.ended_at IS NULL
        WHERE cardinality(frozen_for) > 0 AND 'budget' = ANY (frozen_for) AND intent <> 'off'
        ORDER BY grants.number""",
    "accounts_not_seen": f"""
        SELECT {NOT_SEEN_SINCE} FROM spend_meters WHERE {IS_NOT_SEEN} ORDER BY 1""",  # noqa: S608 - our own words
    "quarantined_accounts": """
        SELECT coalesce(returned_at, made_at) FROM sandbox_accounts
        WHERE state = 'quarantined' ORDER BY 1""",
    "stuck_accounts": f"""
        SELECT coalesce(begun_at, returned_at, made_at) FROM sandbox_accounts
        WHERE {IS_STUCK} ORDER BY 1""",  # noqa: S608 - our own words
    "findings": "SELECT first_seen_at FROM findings WHERE state = 'open' ORDER BY finding_id",
}
