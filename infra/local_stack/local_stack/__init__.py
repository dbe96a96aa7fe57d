"""The local stack: everything Gangway needs on one machine, without Docker and without root."""
