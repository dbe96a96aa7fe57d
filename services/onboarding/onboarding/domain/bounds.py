"""How long and how many: one number for each limit.

The API and its document, the forms and the rules file read them here. Tests hold the contracts of the events
to them: a released contract promises its numbers to readers, so a number here may not pass the contract's.
"""

from chassis.text.mail_addresses import LONGEST_ADDRESS

LEGAL_NAME = 200
REGISTRATION_NUMBER = 64
WEBSITE = 500
# Given name and family name alike.
PERSON_NAME = 100
PASSKEY_NAME = 200
EMAIL = LONGEST_ADDRESS
EXPECTED_BENEFITS = 2_000
# Why something was decided, and what has to be corrected.
REASON = 2_000
AGREEMENT_VERSION = 32
# How much more time a partner asks for at once.
MORE_DAYS = 365
# Of competences, and of products.
CHOICES = 16
# Everybody at one partner, the contact included, and those beside the contact.
PEOPLE = 100
MEMBERS = PEOPLE - 1
