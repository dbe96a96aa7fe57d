"""Plumbing that all services share; knows no business noun."""
