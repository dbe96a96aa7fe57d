"""Mails, invitations, learning paths."""
