"""Entry points: the web process."""
