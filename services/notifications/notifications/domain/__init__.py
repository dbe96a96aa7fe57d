"""The rules of messages, invitations and learning paths."""
