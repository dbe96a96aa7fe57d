"""Integrations: other vendors and teams, and the webhooks that carry events to them."""
