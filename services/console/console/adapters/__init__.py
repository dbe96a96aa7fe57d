"""Adapters: the sign-in provider and the browser's cookies."""
