"""Stand-ins for outside systems (AWS, a SCIM directory, a mail server); they keep their data."""
