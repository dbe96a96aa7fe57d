"""The tables of provisioning, as SQLAlchemy sees them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    and_,
    false,
    func,
    not_,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from chassis.database.columns import TEXTS, OneOf
from provisioning.domain.account_states import AccountState
from provisioning.domain.findings import FindingState, ThingKind

metadata = MetaData()
_at = DateTime(timezone=True)

partners = Table(
    "partners",
    metadata,
    Column("partner_id", UUID(as_uuid=True), primary_key=True),
    Column("profile", JSONB(none_as_null=True)),
    Column("access", String, nullable=False),
    Column("switched_sequence", BigInteger, nullable=False),
    Column("is_suspended", Boolean, nullable=False),
    Column("members_told", ARRAY(UUID(as_uuid=True)), nullable=False),
    Column("members_removed", ARRAY(UUID(as_uuid=True)), nullable=False),
    Column("leavers", JSONB, nullable=False),
    Column("contact_sequence", BigInteger, nullable=False),
    Column("tier_sequence", BigInteger, nullable=False, server_default=text("0")),
    Column("contact_since", _at),
    Column("erased_at", _at),
)
Index("partners_erased", partners.c.erased_at, postgresql_where=partners.c.erased_at.is_not(None))

grants = Table(
    "grants",
    metadata,
    Column("grant_id", UUID(as_uuid=True), primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("partner_id", ForeignKey("partners.partner_id"), nullable=False),
    Column("product", String, nullable=False),
    Column("entry_name", String, nullable=False, server_default=""),
    Column("is_required", Boolean, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("state", String, nullable=False),
    Column("intent", String, nullable=False),
    Column("outputs", JSONB, nullable=False),
    Column("collected_at", _at),
    Column("collected_by_visit", UUID(as_uuid=True)),
    Column("waiver_reason", String),
    Column("frozen_for", ARRAY(String), nullable=False),
    Column("lease_started_at", _at),
    Column("lease_ends_at", _at),
    Column("lease_warned_days", SmallInteger),
    Column("lease_is_expired", Boolean, nullable=False),
    Column("lease_ended_early", Boolean, nullable=False, server_default=false()),
    Column("lease_due_at", _at),
    Column("was_granted", Boolean, nullable=False),
    Column("is_forced", Boolean, nullable=False),
    Column("look_at", _at),
    Column("look_id", UUID(as_uuid=True)),
    Column("looks_missed", SmallInteger, nullable=False),
    Column("gives_back", Boolean, nullable=False),
    Index("grants_of_partner", "partner_id", "product", "entry_name", unique=True),
    Index("grants_by_state", "state", "number"),
)
Index("grants_to_look_at", grants.c.look_at, postgresql_where=grants.c.look_at.is_not(None))
Index("grants_by_lease", grants.c.lease_due_at, postgresql_where=grants.c.lease_due_at.is_not(None))
IS_RUNNING = and_(
    grants.c.lease_ends_at.is_not(None), not_(grants.c.lease_is_expired), grants.c.intent != text("'off'")
)
IS_FROZEN = func.cardinality(grants.c.frozen_for) > text("0")
Index("grants_frozen", grants.c.number, postgresql_where=IS_FROZEN)
Index("grants_by_end", grants.c.lease_ends_at, postgresql_where=IS_RUNNING)


grant_steps = Table(
    "grant_steps",
    metadata,
    Column("grant_id", ForeignKey("grants.grant_id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("name", String, nullable=False),
    Column("standing", String, nullable=False),
    Column("differences", JSONB, nullable=False),
    Column("seen_at", _at),
    Column("attempts", Integer, nullable=False),
    Column("attempt_id", UUID(as_uuid=True)),
    Column("begun_at", _at),
    Column("retry_at", _at),
    Column("is_stuck", Boolean, nullable=False),
    Column("cause_code", String),
    Column("cause_message", String),
    Column("skipped_because", String),
)
Index("grant_steps_stuck", grant_steps.c.grant_id, postgresql_where=grant_steps.c.is_stuck)
Index("grant_steps_tried_again", grant_steps.c.grant_id, postgresql_where=grant_steps.c.retry_at.is_not(None))

# What partners add to a grant beside its first device.
devices = Table(
    "devices",
    metadata,
    Column("device_id", UUID(as_uuid=True), primary_key=True),
    Column("grant_id", ForeignKey("grants.grant_id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("added_at", _at, nullable=False),
    Column("added_by", String, nullable=False),
    Column("outputs", JSONB, nullable=False),
    Column("collected_at", _at),
    Column("collected_by_visit", UUID(as_uuid=True)),
    Column("is_wanted", Boolean, nullable=False),
    Column("is_told", Boolean, nullable=False),
    Column("claim_id", UUID(as_uuid=True)),
)

# By whose secrets devices join a grant, and which ones did: kept when they are gone, so that none comes back.
device_claims = Table(
    "device_claims",
    metadata,
    Column("claim_id", UUID(as_uuid=True), primary_key=True),
    Column("grant_id", ForeignKey("grants.grant_id"), nullable=False, index=True),
    Column("name_prefix", String, nullable=False),
    Column("places", SmallInteger, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created_at", _at, nullable=False),
    Column("created_by", String, nullable=False),
    Column("expires_at", _at, nullable=False),
    Column("revoked_at", _at),
)

device_redemptions = Table(
    "device_redemptions",
    metadata,
    Column("claim_id", ForeignKey("device_claims.claim_id"), primary_key=True),
    Column("serial", String, primary_key=True),
    Column("public_key_hash", LargeBinary, nullable=False),
    Column("device_id", UUID(as_uuid=True), nullable=False),
)

counted_acts = Table(
    "counted_acts",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("most", Integer, nullable=False),
    Column("ends_at", _at, nullable=False),
    Index("counted_acts_by_end", "ends_at"),
)

seats = Table(
    "seats",
    metadata,
    Column("grant_id", ForeignKey("grants.grant_id"), primary_key=True),
    Column("member_id", UUID(as_uuid=True), primary_key=True),
    Column("person_id", UUID(as_uuid=True), nullable=False),
    Column("is_made", Boolean, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("is_leaving", Boolean, nullable=False),
    # Of people who were taken for somebody else once, or somebody else for them: the id that both had.
    Column("former_person_id", UUID(as_uuid=True)),
    Index("seats_by_person", "person_id"),
    Index("seats_by_former_person", "former_person_id"),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("sweep_id", UUID(as_uuid=True), primary_key=True),
    Column("kinds", ARRAY(OneOf(ThingKind), as_tuple=True), nullable=False),
    Column("started_at", _at, nullable=False),
    Column("started_by", String),
    Column("reason", String),
    Column("done", SmallInteger, nullable=False),
    Column("cursor", String),
    Column("is_listed", Boolean, nullable=False),
    Column("failures", SmallInteger, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("next_at", _at),
    Column("things_seen", Integer, nullable=False),
    Column("left_out", JSONB, nullable=False),
    Column("ended_at", _at),
)
Index("sweeps_one_at_a_time", text("(true)"), unique=True, postgresql_where=sweeps.c.ended_at.is_(None))
Index("sweeps_by_start", sweeps.c.started_at)

findings = Table(
    "findings",
    metadata,
    Column("finding_id", UUID(as_uuid=True), primary_key=True),
    Column("kind", OneOf(ThingKind), nullable=False),
    Column("product", String, nullable=False),
    Column("outside_id", String, nullable=False),
    Column("label", String, nullable=False),
    Column("partner_id", UUID(as_uuid=True)),
    Column("grant_id", UUID(as_uuid=True)),
    Column("first_seen_at", _at, nullable=False),
    Column("last_seen_at", _at, nullable=False),
    Column("sweep_id", UUID(as_uuid=True), nullable=False),
    Column("state", OneOf(FindingState), nullable=False),
    Column("kept_for", UUID(as_uuid=True)),
    Column("settled_at", _at),
    Column("settled_by", String),
    Column("reason", String),
    Column("cause_code", String),
    Column("cause_message", String),
    Column("is_told", Boolean, nullable=False),
    UniqueConstraint("kind", "outside_id"),
    Index("findings_by_state", "state", "finding_id"),
)

sandbox_accounts = Table(
    "sandbox_accounts",
    metadata,
    Column("account_key", UUID(as_uuid=True), primary_key=True),
    Column("account_id", String, unique=True),
    Column("state", OneOf(AccountState), nullable=False),
    Column("wanted", OneOf(AccountState), nullable=False),
    # One account is never in two leases, and no grant has two.
    Column("grant_id", UUID(as_uuid=True), unique=True),
    Column("last_grant_id", UUID(as_uuid=True)),
    Column("made_at", _at, nullable=False),
    Column("leased_at", _at),
    Column("returned_at", _at),
    Column("cooldown_until", _at),
    Column("rounds", SmallInteger, nullable=False),
    Column("left", JSONB, nullable=False),
    Column("due_at", _at),
    Column("attempt_id", UUID(as_uuid=True)),
    Column("attempts", Integer, nullable=False),
    Column("begun_at", _at),
    Column("cause_code", String),
    Column("cause_message", String),
    Column("close_asked_at", _at),
    Column("ended_at", _at),
    Column("settled_by", String),
    Column("reason", String),
    Index("sandbox_accounts_by_state", "state", "account_key"),
)
Index(
    "sandbox_accounts_due",
    sandbox_accounts.c.due_at,
    postgresql_where=sandbox_accounts.c.due_at.is_not(None),
)
Index(
    "sandbox_accounts_closed",
    sandbox_accounts.c.close_asked_at,
    postgresql_where=sandbox_accounts.c.close_asked_at.is_not(None),
)

idle_accounts = Table(
    "idle_accounts",
    metadata,
    Column("account_key", ForeignKey("sandbox_accounts.account_key"), primary_key=True),
    Column("account_id", String, nullable=False),
    Column("look_at", _at, nullable=False),
    Column("usd_per_hour", Numeric(18, 8), nullable=False, server_default=text("0")),
    Column("failing_since", _at),
    Column("cause_code", String),
    Column("cause_message", String),
    Index("idle_accounts_to_look_at", "look_at"),
)

maintenance = Table(
    "maintenance",
    metadata,
    Column("began_at", _at, nullable=False),
    Column("begun_by", String, nullable=False),
    Column("reason", String, nullable=False),
    Index("maintenance_once", text("(true)"), unique=True),
)

spend_meters = Table(
    "spend_meters",
    metadata,
    Column("grant_id", ForeignKey("grants.grant_id"), primary_key=True),
    Column("account_id", String, primary_key=True),
    Column("began_at", _at, nullable=False),
    Column("ended_at", _at),
    Column("month", Date, nullable=False),
    Column("counted_at", _at, nullable=False),
    Column("estimated_usd", Numeric(18, 8), nullable=False),
    Column("usd_per_hour", Numeric(18, 8), nullable=False),
    Column("assumed", TEXTS, nullable=False),
    Column("usage_until", _at),
    Column("more_usd", Numeric(12, 2), nullable=False),
    Column("acted_percent", SmallInteger, nullable=False),
    Column("looked_at", _at),
    Column("look_at", _at),
    Column("failing_since", _at),
    Column("failures", SmallInteger, nullable=False),
    Column("cause_code", String),
    Column("cause_message", String),
    Index("spend_meters_by_account", "account_id", "began_at"),
)
Index(
    "spend_meters_one_open",
    spend_meters.c.grant_id,
    unique=True,
    postgresql_where=spend_meters.c.ended_at.is_(None),
)
Index("spend_meters_to_look_at", spend_meters.c.look_at, postgresql_where=spend_meters.c.look_at.is_not(None))

spend_days = Table(
    "spend_days",
    metadata,
    Column("account_id", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("record_type", String, primary_key=True),
    Column("usd", Numeric(22, 10), nullable=False),
)
Index("spend_days_by_day", spend_days.c.day)

spend_accounts = Table(
    "spend_accounts",
    metadata,
    Column("account_id", String, primary_key=True),
    Column("read_at", _at),
    Column("read_next_at", _at, nullable=False),
    Column("failures", SmallInteger, nullable=False, server_default=text("0")),
    Column("cause_code", String),
    Column("cause_message", String),
    Index("spend_accounts_to_read", "read_next_at"),
)

kept_results = Table(
    "kept_results",
    metadata,
    Column("location", String, primary_key=True),
    Column("grant_id", ForeignKey("grants.grant_id"), nullable=False, unique=True),
    Column("delete_at", _at, nullable=False),
    Column("try_at", _at, nullable=False),
    Column("deleted_at", _at),
    Column("failing_since", _at),
    Column("cause_code", String),
    Column("cause_message", String),
)
Index("kept_results_to_delete", kept_results.c.try_at, postgresql_where=kept_results.c.deleted_at.is_(None))
