"""Periodic searches of the worker for what is due, with a transaction for each item."""
