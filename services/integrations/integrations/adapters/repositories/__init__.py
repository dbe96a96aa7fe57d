"""Integrations' repositories in PostgreSQL."""
