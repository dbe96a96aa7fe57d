"""The words: mails, invitations, learning paths."""
