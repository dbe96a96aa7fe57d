"""The baseline of onboarding: a bare script with the same outside calls and mails, and nothing else.

No database, no events, no retries, nothing noted: what is lost on the way stays lost.
"""
