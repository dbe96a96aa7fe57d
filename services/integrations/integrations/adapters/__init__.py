"""Where webhooks meet the world: tables, HTTP, addresses, contracts, wire formats."""
