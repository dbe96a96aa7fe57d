"""Plumbing that all services share; knows no business noun.

It has floors, and imports point downwards only (`.importlinter` holds them):

==================  ================================================================================
cli                 the command line of a service: its processes and operators' commands
operating           what operators see and do: dead letters, lanes, records, topics, their log
running             the processes (web, relay, consumer, worker), and what runs and sweeps in them
http                requests: who asks, what is refused, OpenAPI, pages, health
service             how a service is wired from its settings, database and entry points
messaging           events: outbox, relay, Kafka, consumer, dead letters
database            PostgreSQL: transactions, jobs, migrations, the operators' log
settings, events    the environment, checked; the shapes of an event
telemetry           logs, metrics, traces, heartbeat
redaction           texts without personal data and secrets
identity, text,     tokens and keys; forms of what people type;
translations,       messages by language;
failures,           how each failure is sorted;
failpoints,         places that tests can kill at;
reachable,          whether something answers;
validation_messages what is wrong with a value, and where
==================  ================================================================================
"""
