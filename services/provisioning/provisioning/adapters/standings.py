"""What a proposal about something here rests on: by argument of a path, a query for one row by that id."""

STANDINGS = {
    "grant_id": "SELECT intent, state, parameters, frozen_for, lease_ends_at FROM grants WHERE grant_id = %s",
    "account_key": "SELECT state, wanted, grant_id FROM sandbox_accounts WHERE account_key = %s",
    "finding_id": "SELECT state, kept_for FROM findings WHERE finding_id = %s",
}
