"""What a proposal about something here rests on: by argument of a path, a query for one row by that id."""

STANDINGS = {
    "partner_id": """
        SELECT move_count, tier, legal_name, registration_number, country, website, contact_email
        FROM partners WHERE id = %s""",
    "request_id": "SELECT standing FROM requests WHERE id = %s",
}
