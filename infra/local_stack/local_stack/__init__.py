"""The local stack: every part that Gangway needs, on one machine, without Docker and without root."""
