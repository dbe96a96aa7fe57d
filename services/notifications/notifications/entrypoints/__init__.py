"""The ways in: HTTP, events, jobs, the command line."""
