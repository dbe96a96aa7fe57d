"""What the sender does its work with: the queue in PostgreSQL, HTTP, the addresses it may reach."""
