"""The systems reached: PostgreSQL, AWS, SCIM."""
