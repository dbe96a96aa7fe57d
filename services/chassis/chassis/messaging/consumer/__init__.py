"""The consumer: reads topics, gives each event its effect once, lets no bad event stop the others.

    Consumer(database, subscriptions, work_factory, kafka_address, settings).run(stop)

A lane is (consumer group, topic, subject). One transaction per poll holds the lanes' numbers and all
effects; only then the offsets are committed. See `consumer.poll_transaction` for what becomes of each event,
`consumer.error_table` for what each error means.
"""
