"""What whoever receives Gangway's webhooks tries a receiver with; it installs without any of the services."""
