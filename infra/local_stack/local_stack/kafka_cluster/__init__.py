"""A Kafka of our own: Apache Kafka if there is Java, otherwise librdkafka's built-in cluster."""
