"""Integrations carries the events of the others, and sends none of its own."""
