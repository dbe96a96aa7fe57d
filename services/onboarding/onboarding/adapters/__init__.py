"""How the ports are served: PostgreSQL, files, and the shapes of events."""
