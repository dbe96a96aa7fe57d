"""What integrations keeps in PostgreSQL, as its handlers ask for it."""
