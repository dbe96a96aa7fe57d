"""The gangway command: local stack, operator tools, event tools, demo."""
