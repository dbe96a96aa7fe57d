"""The partner: application, verification, review, agreement, life cycle, timeline."""
