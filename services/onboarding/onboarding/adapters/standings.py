"""The state that a proposal depends on: for each path argument, a query for the one row with that id."""

STANDINGS = {
    "partner_id": """
        SELECT move_count, tier, legal_name, registration_number, country, website, contact_email
        FROM partners WHERE id = %s""",
    "request_id": "SELECT standing FROM requests WHERE id = %s",
}
