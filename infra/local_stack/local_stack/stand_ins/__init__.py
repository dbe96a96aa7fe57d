"""Stand-ins for the systems outside: AWS, a SCIM directory, a mail server, keeping their data."""
