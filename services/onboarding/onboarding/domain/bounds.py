"""Lengths and counts: one number for each limit.

The API and its document, the forms and the rules file read them here. Tests compare them with the event
contracts: a released contract guarantees its numbers to readers, so none here may exceed the contract's.
"""

from chassis.text.mail_addresses import LONGEST_ADDRESS

LEGAL_NAME = 200
REGISTRATION_NUMBER = 64
WEBSITE = 500
# For given name and family name.
PERSON_NAME = 100
PASSKEY_NAME = 200
EMAIL = LONGEST_ADDRESS
EXPECTED_BENEFITS = 2_000
# Why something was decided, and what has to be corrected.
REASON = 2_000
AGREEMENT_VERSION = 32
# How much time one request may ask for.
MORE_DAYS = 365
# Of competences, and of products.
CHOICES = 16
# All people of one partner including the contact, and those without.
PEOPLE = 100
MEMBERS = PEOPLE - 1
