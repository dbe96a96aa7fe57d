"""A mail writer with real words, templates and signatures, and letters to write."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from chassis.identity.links import LinkSigner
from chassis.identity.signing_keys import new_key_pair, read_private_key
from chassis.translations import Translations
from notifications.adapters.mail_links import MailLinks
from notifications.adapters.mail_writer import TemplateMailWriter, mail_templates
from notifications.bootstrap import WORDS
from notifications.domain.invitations import Invitation
from notifications.domain.learning_paths import LearningPath
from notifications.domain.letters import Letter, Offer
from notifications.domain.messages import Kind, LinkIntent, Message
from notifications.domain.partners import Member

NOW = datetime.now(UTC)
FACTS: dict[str, Any] = {
    "reason": "The register says <closed>.\nSince May.",
    "message": "Please look at your website.",
    "fields": ["website", "a_field_of_tomorrow"],
    "products": [
        {"product": "iot", "state": "granted"},
        {"product": "analytics", "state": "failed"},
        {"product": "product_of_tomorrow", "state": "granted"},
    ],
    "product": "cloud_sandbox",
    "kind": "competence",
    "about": "security",
    "percent": 80,
    "budget_usd": "300.00",
    "spent_usd": "1241.37",
    "waits_for": "agreement",
    "until": "2027-05-02T09:14:07+00:00",
    "at": "2027-05-01T09:14:07+00:00",
    "since": "2027-04-27T09:14:07+00:00",
    "integrator": "Nordic Maps",
    "host": "hooks.maps.example",
    "endpoint_id": "0199b1a2-7e44-7b21-8d22-7c8e9fa01b23",
}
PATH = LearningPath(
    activity="https://learn.example/activities/first-steps",
    name="iot-first-steps",
    title={"de": "Erste Schritte", "en": "First steps"},
    summary={"de": "Das Gateway anbinden.", "en": "Connect the gateway."},
    url="https://learn.gangway.example/iot",
    hours=4,
    link_lifetime=timedelta(days=30),
)


@pytest.fixture(scope="session")
def writer() -> TemplateMailWriter:
    signer = LinkSigner(read_private_key(new_key_pair()[0]))
    return TemplateMailWriter(
        sender=Address("Gangway", "partners", "gangway.example"),
        reply_to=Address("", "help", "gangway.example"),
        links=MailLinks(
            signer=signer,
            onboarding_url="https://join.example",
            own_url="https://words.example",
            portal_url="https://portal.example",
        ),
        translations=Translations(WORDS / "mails"),
        templates=mail_templates(),
    )


def letter(kind: Kind = Kind.WELCOME, *, link_hours: float = 5, **person: Any) -> Letter:
    """A letter of this kind, to a person who differs as told."""
    facts_of_person = {
        "given_name": "Jürgen",
        "family_name": "Weiß",
        "email": "juergen@partner.example",
        "language": "de",
        "is_contact": True,
    }
    partner_id = uuid.uuid4()
    member = Member(id=uuid.uuid4(), partner_id=partner_id, **(facts_of_person | person))
    invitation = Invitation(
        id=uuid.uuid4(),
        partner_id=partner_id,
        member_id=member.id,
        path=PATH.name,
        language=member.language,
        link_id=uuid.uuid4(),
        expires_at=NOW + timedelta(days=30),
        created_at=NOW,
    )
    is_invitation = kind is Kind.INVITATION
    message = Message(
        id=uuid.uuid4(),
        partner_id=partner_id,
        member_id=member.id,
        kind=kind,
        occasion="an event",
        planned_at=NOW,
        facts=FACTS,
        link=LinkIntent(id=uuid.uuid4(), expires_at=NOW + timedelta(hours=link_hours)),
    )
    return Letter(
        message=message,
        member=member,
        company="Weiß & Söhne <GmbH>",
        offers=[Offer(invitation=invitation, path=PATH)] if is_invitation else (),
    )


@pytest.fixture
def make_letter() -> Callable[..., Letter]:
    return letter


@pytest.fixture
def write(writer: TemplateMailWriter) -> Callable[..., EmailMessage]:
    """Write a letter as `letter` makes it, and read the mail back as a mail program would."""

    def write(*arguments: Any, **person: Any) -> EmailMessage:
        mail = writer.write(letter(*arguments, **person))
        read = message_from_bytes(mail.content, policy=default)
        assert isinstance(read, EmailMessage)
        assert not read.defects
        return read

    return write
