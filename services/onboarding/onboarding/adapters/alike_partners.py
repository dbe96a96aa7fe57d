"""Partners that look like the same company: one index for each trait, all asked in one round trip."""

from collections.abc import Collection
from typing import LiteralString

from sqlalchemy import Connection

from chassis.database.round_trips import ask_together
from onboarding.adapters.partner_rows import row_of
from onboarding.domain.likeness import MOST_ALIKE, Duplicate, Trait
from onboarding.domain.partners import Partner
from onboarding.domain.states import FINAL, HOLDS_REGISTRATION, State

# What `likeness.share` says, in terms that an index answers.
_CONDITIONS: dict[Trait, LiteralString] = {
    Trait.REGISTRATION_NUMBER: """country = %(country)s
        AND registration_without_court = %(registration_without_court)s
        AND (registration_key = ANY(%(registration_keys)s) OR %(has_any_court)s)""",
    Trait.MAIL_DOMAIN: "mail_domain = %(mail_domain)s",
    Trait.WEBSITE: "website_domain = %(website_domain)s AND website_domain <> ''",
    Trait.CONTACT: "mailboxes && %(contact)s AND mailboxes[1:1] = %(contact)s",
    Trait.MEMBER: """mailboxes && %(mailboxes)s AND mailboxes[1:1] <> %(contact)s
        AND (mailboxes[1:1] <@ %(mailboxes)s OR mailboxes @> %(contact)s)""",
    Trait.LEGAL_NAME: "country = %(country)s AND name_shape = %(name_shape)s",
}
# Who holds the registration comes first, then who else is still here, then the newest.
_ALIKE: LiteralString = """
SELECT id, legal_name, state FROM partners
WHERE email_verified_at IS NOT NULL AND id <> %(id)s AND {condition}
ORDER BY state = ANY(%(holding)s) DESC, state = ANY(%(final)s), id DESC LIMIT %(limit)s
"""


def alike(connection: Connection, partner: Partner, traits: Collection[Trait]) -> list[Duplicate]:
    """Partners that confirmed their address, by trait; a bounded number of each."""
    row, registration = row_of(partner), partner.profile.registration
    values = {
        **row,
        "registration_keys": [registration.key, registration.number],
        "has_any_court": not registration.court,
        "contact": (row["mailboxes"] or [])[:1],
        "holding": [state.value for state in HOLDS_REGISTRATION],
        "final": [state.value for state in FINAL],
        "limit": MOST_ALIKE,
    }
    questions = [(_ALIKE.replace("{condition}", _CONDITIONS[trait]), values) for trait in traits]
    answers = ask_together(connection, questions)
    return [
        Duplicate(other_id, legal_name, trait, State(state))
        for trait, found in zip(traits, answers, strict=True)
        for other_id, legal_name, state in found
    ]
