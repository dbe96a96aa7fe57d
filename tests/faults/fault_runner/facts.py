"""What a run left behind, as plain data: the checks need nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

Lane = tuple[str, str]  # topic, partner


class Application(NamedTuple):
    """An application that its client saw accepted, and where its story should have ended."""

    partner_id: str
    registration_number: str
    outcome: str


class OutboxRow(NamedTuple):
    """An event as its owner committed it; rows of one lane are in the order of their positions."""

    service: str
    topic: str
    subject: str
    sequence: int
    event_id: str
    is_published: bool


class TopicRecord(NamedTuple):
    """An event as it stands in the log; records are listed partition by partition, in their order."""

    topic: str
    partition: int
    offset: int
    subject: str
    sequence: int
    event_id: str
    name: str
    data: Mapping[str, Any]


class LaneRow(NamedTuple):
    """How far a service says that it has read one partner's events."""

    group: str
    topic: str
    subject: str
    last_sequence: int
    hole_count: int
    is_parked: bool


class Effect(NamedTuple):
    """A handler's transaction over one event, as it committed; listed per service in order of writing."""

    group: str
    topic: str
    subject: str
    sequence: int
    event_id: str


class Grant(NamedTuple):
    """What provisioning believes of a grant."""

    grant_id: str
    partner_id: str
    product: str
    state: str
    is_collected: bool
    cause: str | None = None


class Message(NamedTuple):
    """What notifications believes of a mail."""

    message_id: str
    partner_id: str
    member_id: str
    kind: str
    occasion: str
    state: str
    doubts: int
    attempts: int


class Invitation(NamedTuple):
    """An offer of one learning path to one person, and the mail that carries it."""

    invitation_id: str
    partner_id: str
    member_id: str
    path: str
    state: str
    message_id: str | None


class LearningOffer(NamedTuple):
    """A learning path and who is invited to it; without a product, those who become active."""

    path: str
    product: str | None
    partner_types: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    is_for_contact_only: bool = False


class Person(NamedTuple):
    """One of a partner's people, as onboarding knows them; who only was named has not confirmed."""

    partner_id: str
    member_id: str
    email: str
    is_contact: bool
    is_confirmed: bool


class Answer(NamedTuple):
    """What a client saw a named person's answer taken for."""

    partner_id: str
    email: str
    is_right: bool


class Mail(NamedTuple):
    """A mail that reached the mail server."""

    message_id: str
    recipient: str


class Thing(NamedTuple):
    """Something outside. ``owner`` is the end of a partner's or grant's id; None where it names nobody."""

    kind: str
    name: str
    owner: str | None
    is_active: bool


class Subscription(NamedTuple):
    """An endpoint of webhooks; without types it gets every event that integrations reads."""

    endpoint: str
    is_ordered: bool
    event_types: frozenset[str] | None


class WebhookStep(StrEnum):
    """What happened to one request at the receiver."""

    CAME = "came"
    TAKEN = "taken"
    FORGED = "forged"


class Webhook(NamedTuple):
    """A request that reached the receiver, and what came of it; listed in the order of happening."""

    endpoint: str
    event_id: str
    step: WebhookStep


@dataclass
class Facts:
    """Everything sent and everything recorded."""

    applications: list[Application] = field(default_factory=list)
    stuck_stories: list[str] = field(default_factory=list)
    partners: dict[str, str] = field(default_factory=dict)
    registrations: list[str] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    timeline: list[tuple[str, str]] = field(default_factory=list)  # partner, event id; ours and others'
    outbox: list[OutboxRow] = field(default_factory=list)
    records: list[TopicRecord] = field(default_factory=list)
    lanes: list[LaneRow] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    dead_letters: list[str] = field(default_factory=list)
    failed_jobs: list[str] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    offers: list[LearningOffer] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    erased: dict[str, str] = field(default_factory=dict)  # partners, with the domain of their addresses
    acceptances: list[str] = field(default_factory=list)  # partners, once for each answer that was seen
    mails: list[Mail] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    webhooks: list[Webhook] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    consumed: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)  # group: topic: names
    unsettled: list[str] = field(default_factory=list)
