"""The tables as queries see them; migrations create them."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Double,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.database.columns import TEXTS, OneOf
from notifications.domain.invitations import State
from notifications.domain.partners import Membership, Standing

metadata = MetaData()
_TIME = DateTime(timezone=True)

partners = Table(
    "partners",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("standing", OneOf(Standing)),
    Column("legal_name", Text),
    Column("partner_type", Text),
    Column("tier", Text),
    Column("lifecycle_sequence", Integer),
    Column("granted_products", TEXTS),
    Column("contact_sequence", Integer),
    Column("profile_sequence", Integer),
    Column("tier_sequence", Integer),
    Column("contact_since", _TIME),
)

members = Table(
    "members",
    metadata,
    Column("partner_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("given_name", Text),
    Column("family_name", Text),
    Column("email", Text),
    Column("language", Text),
    Column("language_sequence", Integer),
    Column("is_contact", Boolean),
    Column("wants_learning_mail", Boolean),
    Column("membership", OneOf(Membership)),
    Column("has_access", Boolean),
    Column("products", TEXTS),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", Uuid),
    Column("member_id", Uuid),
    Column("path", Text),
    Column("language", Text),
    Column("state", OneOf(State)),
    Column("link_id", Uuid),
    Column("message_id", Uuid),
    Column("expires_at", _TIME),
    Column("created_at", _TIME),
    Column("sent_at", _TIME),
    Column("accepted_at", _TIME),
    Column("started_at", _TIME),
    Column("completed_at", _TIME),
    Column("progress", SmallInteger),
    Column("score", Double),
)

links = Table(
    "links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("invitation_id", Uuid),
    Column("burnt_at", _TIME),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("partner_id", Uuid),
    Column("member_id", Uuid),
    # A newer version that runs beside this one may have stored values that are unknown here.
    Column("kind", Text),
    Column("occasion", Text),
    Column("state", Text),
    Column("facts", JSONB),
    Column("link_id", Uuid),
    Column("link_expires_at", _TIME),
    Column("attempts", Integer),
    Column("doubts", Integer),
    Column("code", Text),
    Column("cause", Text),
    Column("planned_at", _TIME),
    Column("retry_at", _TIME),
    Column("sent_at", _TIME),
    Column("transport", Text),
    Column("transport_id", Text),
)
