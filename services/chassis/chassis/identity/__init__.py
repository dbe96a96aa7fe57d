"""Identities of callers, and the signed tokens that prove them."""
