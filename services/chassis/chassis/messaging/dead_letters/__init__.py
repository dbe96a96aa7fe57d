"""Dead letters: events that can never be handled as they stand, kept with their cause for a person.

The database row is the truth; a copy goes through the outbox to ``<topic>.<group>.dlq``.
"""
