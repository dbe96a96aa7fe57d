"""The tables of this service; `migrations/` makes them, a test holds the two together."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.sql.elements import TextClause

from chassis.database.columns import OneOf
from onboarding.domain.access import GrantState
from onboarding.domain.links import Purpose
from onboarding.domain.moves import MOVES, Move
from onboarding.domain.requests import Kind, Standing
from onboarding.domain.states import FINAL, HOLDS_REGISTRATION, State

metadata = MetaData()
_Time = DateTime(timezone=True)


def _in_states(states: frozenset[State]) -> TextClause:
    return text(f"state IN ({', '.join(repr(state.value) for state in sorted(states))})")


partners = Table(
    "partners",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("move_count", Integer, nullable=False),
    Column("created_at", _Time, nullable=False),
    Column("state_entered_at", _Time, nullable=False),
    Column("deadline_at", _Time),
    Column("email_verified_at", _Time),
    Column("screened_at", _Time),
    Column("legal_name", Text, nullable=False),
    Column("registration_number", Text, nullable=False),
    Column("registration_key", Text, nullable=False),
    Column("registration_without_court", Text, nullable=False),
    Column("shares_registration", Boolean, nullable=False),
    Column("declined_count", Integer, nullable=False),
    Column("contact_since", _Time),
    Column("reminded_at", _Time),
    Column("country", Text, nullable=False),
    Column("website", Text, nullable=False),
    Column("partner_type", Text, nullable=False),
    Column("competences", ARRAY(Text), nullable=False),
    Column("products_wanted", ARRAY(Text), nullable=False),
    Column("expected_benefits", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("contact_email", Text, nullable=False),
    Column("mail_domain", Text, nullable=False),
    Column("website_domain", Text),
    Column("name_shape", Text),
    Column("mailboxes", ARRAY(Text)),
    Column("search_text", Text, nullable=False),
    Column("search", TSVECTOR, Computed("to_tsvector('simple', search_text)", persisted=True)),
    Column("findings", JSONB, nullable=False),
    Column("tier", Text),
    Column("decision_reason", Text),
    Column("decision_by_kind", Text),
    Column("decision_by_name", Text),
    Column("decision_at", _Time),
    Column("correction_fields", ARRAY(Text)),
    Column("correction_message", Text),
    Column("agreement_version", Text),
    Column("agreement_language", Text),
    Column("agreement_text_sha256", Text),
    Column("agreement_accepted_by", Uuid),
    Column("agreement_accepted_at", _Time),
)

ONE_PARTNER_PER_REGISTRATION = "one_partner_per_registration"
Index(
    ONE_PARTNER_PER_REGISTRATION,
    partners.c.country,
    partners.c.registration_key,
    unique=True,
    postgresql_where=text(f"NOT shares_registration AND {_in_states(HOLDS_REGISTRATION).text}"),
)
# Whom a new application is compared with, whatever became of them. Without those that never confirmed their
# address: nobody has proved to be that company, so an unconfirmed form must not block the real one.
IS_CONFIRMED = partners.c.email_verified_at.is_not(None)
Index(
    "partners_by_registration",
    partners.c.country,
    partners.c.registration_without_court,
    postgresql_where=IS_CONFIRMED,
)
Index("partners_by_mail_domain", partners.c.mail_domain, postgresql_where=IS_CONFIRMED)
Index("partners_by_website", partners.c.website_domain, postgresql_where=IS_CONFIRMED)
Index("partners_by_name_shape", partners.c.country, partners.c.name_shape, postgresql_where=IS_CONFIRMED)
Index(
    "partners_by_mailbox",
    partners.c.mailboxes,
    postgresql_using="gin",
    postgresql_where=IS_CONFIRMED,
    # A list of what is pending would be read through at every question.
    postgresql_with={"fastupdate": "off"},
)
Index("partners_by_contact", partners.c.contact_email)
Index("partners_by_state", partners.c.state, partners.c.id)
Index(
    "review_queue",
    partners.c.state_entered_at,
    partners.c.id,
    postgresql_where=_in_states(frozenset({State.IN_REVIEW})),
)
Index(
    "partners_by_deadline",
    partners.c.deadline_at,
    partners.c.id,
    postgresql_where=partners.c.deadline_at.is_not(None),
)
Index(
    "partners_to_remind",
    partners.c.state,
    partners.c.deadline_at,
    partners.c.id,
    postgresql_where=and_(partners.c.reminded_at.is_(None), _in_states(MOVES[Move.EXPIRE].sources)),
)
HAS_ENDED = _in_states(FINAL)
for _name, _which in (("partners_by_end", IS_CONFIRMED), ("applications_by_end", ~IS_CONFIRMED)):
    Index(_name, partners.c.state_entered_at, partners.c.id, postgresql_where=and_(HAS_ENDED, _which))
Index("partners_by_words", partners.c.search, postgresql_using="gin")

members = Table(
    "members",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", ForeignKey("partners.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("is_contact", Boolean, nullable=False),
    Column("confirmed_at", _Time),
    Column("asked_at", _Time),
    Column("times_asked", Integer, nullable=False),
)
ASKED_ONCE = and_(members.c.confirmed_at.is_(None), members.c.times_asked == literal_column("1"))
Index("members_to_remind", members.c.asked_at, members.c.id, postgresql_where=ASKED_ONCE)

products = Table(
    "products",
    metadata,
    Column("grant_id", Uuid, primary_key=True),
    Column("partner_id", ForeignKey("partners.id"), nullable=False, index=True),
    Column("product", Text, nullable=False),
    Column("is_required", Boolean, nullable=False),
    Column("state", OneOf(GrantState), nullable=False),
    Column("cause", JSONB(none_as_null=True)),
    Column("identifiers", JSONB, nullable=False),
    Column("is_collectable", Boolean, nullable=False),
    Column("lease_ends_at", _Time),
    Column("last_sequence", BigInteger, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", ForeignKey("partners.id"), nullable=False),
    Column("purpose", OneOf(Purpose), nullable=False),
    Column("is_requested", Boolean, nullable=False),
    Column("created_at", _Time, nullable=False),
    Column("expires_at", _Time, nullable=False),
    Column("used_at", _Time),
    Column("used_by_visit", Uuid),
    Column("member_id", Uuid),
    Index("links_by_partner", "partner_id", "created_at"),
)

link_requests = Table(
    "link_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email_sha256", Text),  # nobody reads it any more
    Column("email", Text),
    Column("requested_at", _Time, nullable=False),
    Index("link_requests_by_address", "email_sha256", "requested_at"),
    Index("link_requests_by_age", "requested_at"),
)

counted_acts = Table(
    "counted_acts",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("most", Integer, nullable=False),
    Column("ends_at", _Time, nullable=False),
    Index("counted_acts_by_end", "ends_at"),
)

mail_turns = Table(
    "mail_turns",
    metadata,
    Column("mailbox", LargeBinary, primary_key=True),
    Column("sent", Integer, nullable=False),
    Column("next_at", _Time, nullable=False),
    # The mailbox that got all of them; none where several may have been taken for one.
    Column("holder", LargeBinary),
    Index("mail_turns_by_age", "next_at"),
)

waiting_mails = Table(
    "waiting_mails",
    metadata,
    Column("partner_id", ForeignKey("partners.id"), primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("mailbox", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("due_at", _Time, nullable=False),
    Index("waiting_mails_by_due_time", "due_at", "partner_id", "member_id"),
    Index("waiting_mails_by_mailbox", "mailbox"),
)

automatic_approvals = Table(
    "automatic_approvals",
    metadata,
    Column("partner_id", ForeignKey("partners.id"), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("approved_at", _Time, nullable=False),
    Index("automatic_approvals_by_time", "approved_at"),
)

# So that operators are told once, and can see when it was.
exceeded_limits = Table(
    "exceeded_limits",
    metadata,
    Column("limit_name", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("began_at", _Time, primary_key=True),
    Column("exceeded_at", _Time, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", ForeignKey("partners.id"), nullable=False),
    Column("begun_at", _Time, nullable=False),
    Column("ends_at", _Time, nullable=False),
    Column("browser", Text, nullable=False),
    Index("sessions_by_partner", "partner_id", "begun_at"),
    Index("sessions_by_end", "ends_at"),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("forget_at", _Time, nullable=False),
    Index("ended_sessions_by_age", "forget_at"),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", ForeignKey("partners.id"), nullable=False, index=True),
    Column("member_id", Uuid, nullable=False, index=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("added_at", _Time, nullable=False),
    Column("used_at", _Time),
)

passkey_challenges = Table(
    "passkey_challenges",
    metadata,
    Column("value", LargeBinary, primary_key=True),
    Column("member_id", Uuid),
    Column("expires_at", _Time, nullable=False),
    Index("passkey_challenges_by_end", "expires_at"),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", ForeignKey("partners.id"), nullable=False),
    Column("kind", OneOf(Kind), nullable=False),
    Column("about", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", _Time, nullable=False),
    Column("standing", OneOf(Standing), nullable=False),
    Column("details", JSONB, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("decision_reason", Text),
    Column("decision_by_kind", Text),
    Column("decision_by_name", Text),
    Column("decision_at", _Time),
    Column("closed_at", _Time),
    Index("requests_by_partner", "partner_id", "asked_at"),
    Index("requests_by_standing", "standing", "asked_at", "id"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("partner_id", ForeignKey("partners.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("occurred_at", _Time, nullable=False),
    Column("source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("internal_facts", JSONB, nullable=False),
    Column("trace_id", Text),
    UniqueConstraint("source", "event_id", name="timeline_event_once"),
    Index("timeline_in_order", "partner_id", "occurred_at", "id"),
)
STAGES = (
    *("partner.applied", "partner.email_verified", "partner.approved", "partner.agreement_accepted"),
    *("partner.activated", "access.granted", "learning.path_completed"),
)
FAILURES = ("access.failed", "access.stuck", "message.failed")


def _of_codes(codes: tuple[str, ...]) -> TextClause:
    return text(f"code IN ({', '.join(map(repr, codes))})")


Index(
    "timeline_of_stages_to_lessons",
    timeline.c.partner_id,
    timeline.c.code,
    timeline.c.occurred_at,
    postgresql_where=_of_codes(STAGES),
)
Index("timeline_of_failures", timeline.c.occurred_at, postgresql_where=_of_codes(FAILURES))

drafts = Table(
    "drafts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member_id", Uuid, nullable=False),
    Column("email", Text, nullable=False),
    Column("answers", JSONB, nullable=False),
    Column("saved_at", _Time, nullable=False),
    Column("expires_at", _Time, nullable=False),
    Index("drafts_by_end", "expires_at"),
)

imported_applications = Table(
    "imported_applications",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("partner_id", Uuid, nullable=False),
    Column("imported_at", _Time, nullable=False),
    Index("imported_applications_by_partner", "partner_id"),
)

# One row: counting takes a second where there are many partners, and everybody may look.
figures = Table(
    "figures",
    metadata,
    Column("counted_at", _Time, nullable=False),
    Column("counted", JSONB, nullable=False),
    Column("is_newest", Boolean, primary_key=True),
)
