"""Events out and in: outbox, relay, consumer, lanes, dead letters."""
