"""Entry points: HTTP, events, jobs, the command line."""
