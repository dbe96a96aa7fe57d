"""The relay: takes committed outbox rows to Kafka, in each subject's order, and loses none.

    Relay(database_url, KafkaAddress(bootstrap_servers="…"), name="onboarding-relay").run(stop)

`run` returns when ``stop`` is set and what was in flight is settled; every other trouble (broker away,
database away, a producer that hangs) ends one session, and the next one starts again from the table.
"""
