"""Onboarding's repositories in PostgreSQL."""
