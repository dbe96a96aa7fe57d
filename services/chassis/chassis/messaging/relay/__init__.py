"""The relay: takes committed outbox rows to Kafka, in each subject's order, and loses none.

    Relay(database_url, KafkaAddress(bootstrap_servers="…"), name="onboarding-relay").run(stop)

`run` returns when ``stop`` is set and what was in flight is settled; every other failure (broker
or database unavailable, a producer that hangs) ends the session, and the next one restarts from the table.
"""
