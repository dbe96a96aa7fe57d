"""The baseline of onboarding: the same things made outside and the same mails sent by a bare script.

No database, no events, no retries, nothing noted: what is lost on the way stays lost.
"""
