"""Integrations tells nothing of its own on Kafka: it carries what the others tell."""
