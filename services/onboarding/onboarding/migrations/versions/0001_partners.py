"""The chassis's tables, and partners with all that hangs on them."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from chassis.database.migrations import upgrade_chassis

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
# Frozen copies of the domain's sets of states, as they were when this revision was written.
HOLDS_REGISTRATION = (
    "state IN ('active', 'agreement_accepted', 'approved', 'offboarding', 'provisioning', 'suspended')"
)
LIVE = (
    "state IN ('action_required', 'active', 'agreement_accepted', 'approved', 'email_verified', 'in_review',"
    " 'offboarding', 'provisioning', 'suspended')"
)


def upgrade() -> None:
    """Make everything."""
    upgrade_chassis(op)
    _create_partners()
    _create_members()
    _create_products()
    _create_links()
    _create_timeline()


def _create_partners() -> None:
    required = (
        "legal_name registration_number registration_key country website partner_type expected_benefits"
        " language contact_email mail_domain search_text"
    )
    optional = (
        "tier decision_reason decision_by_kind decision_by_name correction_message agreement_version"
        " agreement_language agreement_text_sha256"
    )
    times = "deadline_at email_verified_at screened_at decision_at agreement_accepted_at"
    op.create_table(
        "partners",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("move_count", sa.Integer, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("state_entered_at", TIME, nullable=False),
        *(sa.Column(name, TIME) for name in times.split()),
        *(sa.Column(name, sa.Text, nullable=False) for name in required.split()),
        *(sa.Column(name, sa.Text) for name in optional.split()),
        sa.Column("competences", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("products_wanted", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("correction_fields", sa.ARRAY(sa.Text)),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("agreement_accepted_by", sa.Uuid),
        sa.Column("search", TSVECTOR, sa.Computed("to_tsvector('simple', search_text)", persisted=True)),
    )
    company = ["country", "registration_key"]
    op.create_index(
        "one_partner_per_registration",
        "partners",
        company,
        unique=True,
        postgresql_where=sa.text(HOLDS_REGISTRATION),
    )
    op.create_index("partners_by_registration", "partners", company, postgresql_where=sa.text(LIVE))
    op.create_index("partners_by_mail_domain", "partners", ["mail_domain"], postgresql_where=sa.text(LIVE))
    op.create_index("partners_by_contact", "partners", ["contact_email"])
    op.create_index("partners_by_state", "partners", ["state", "id"])
    op.create_index(
        "review_queue",
        "partners",
        ["state_entered_at", "id"],
        postgresql_where=sa.text("state IN ('in_review')"),
    )
    op.create_index("partners_by_words", "partners", ["search"], postgresql_using="gin")


def _partner_column() -> sa.Column[UUID]:
    return sa.Column("partner_id", sa.Uuid, sa.ForeignKey("partners.id"), nullable=False)


def _create_members() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid, primary_key=True),
        _partner_column(),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("is_contact", sa.Boolean, nullable=False),
    )
    op.create_index("ix_members_partner_id", "members", ["partner_id"])


def _create_products() -> None:
    op.create_table(
        "products",
        sa.Column("grant_id", sa.Uuid, primary_key=True),
        _partner_column(),
        sa.Column("product", sa.Text, nullable=False),
        sa.Column("is_required", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cause", JSONB),
        sa.Column("identifiers", JSONB, nullable=False),
        sa.Column("is_collectable", sa.Boolean, nullable=False),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_products_partner_id", "products", ["partner_id"])


def _create_links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Uuid, primary_key=True),
        _partner_column(),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("is_requested", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
    )
    op.create_index("links_by_partner", "links", ["partner_id", "created_at"])
    op.create_table(
        "link_requests",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("email_sha256", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("requested_at", TIME, nullable=False),
    )
    op.create_index("link_requests_by_address", "link_requests", ["email_sha256", "requested_at"])
    op.create_index("link_requests_by_age", "link_requests", ["requested_at"])


def _create_timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _partner_column(),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("internal_facts", JSONB, nullable=False),
        sa.UniqueConstraint("source", "event_id", name="timeline_event_once"),
    )
    op.create_index("timeline_in_order", "timeline", ["partner_id", "occurred_at", "id"])
