"""What notifications keeps in PostgreSQL, as its handlers ask for it."""
