"""A Kafka of our own: Apache Kafka where there is Java, else librdkafka's built-in cluster."""
