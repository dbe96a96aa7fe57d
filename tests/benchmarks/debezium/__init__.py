"""Debezium's outbox event router in Kafka Connect, both fetched by Maven: the baseline of the relay."""
