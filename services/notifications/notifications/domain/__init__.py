"""The words: messages, invitations, learning paths, as plain rules."""
