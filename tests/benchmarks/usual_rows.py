"""The rows of a sign-up as SQLAlchemy's ORM usually maps them: what ours writes, but for limits."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, Identity, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def _now() -> datetime:
    return datetime.now(UTC)


class Row(DeclarativeBase):
    """What all tables have in common."""

    type_annotation_map: ClassVar[Any] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
    }


class Partner(Row):
    """A company that applied."""

    __tablename__ = "partners"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    state: Mapped[str]
    legal_name: Mapped[str]
    registration_number: Mapped[str]
    country: Mapped[str] = mapped_column(index=True)
    website: Mapped[str]
    partner_type: Mapped[str]
    competences: Mapped[list[str]]
    products_wanted: Mapped[list[str]]
    expected_benefits: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=_now)
    deadline_at: Mapped[datetime] = mapped_column(index=True)
    members: Mapped[list["Member"]] = relationship(back_populates="partner")
    links: Mapped[list["Link"]] = relationship(back_populates="partner")
    timeline: Mapped[list["TimelineEntry"]] = relationship(back_populates="partner")


class Member(Row):
    """A person of a company."""

    __tablename__ = "members"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    position: Mapped[int]
    given_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    is_contact: Mapped[bool]
    partner: Mapped[Partner] = relationship(back_populates="members")


class Link(Row):
    """A link that proves the address."""

    __tablename__ = "links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    purpose: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=_now)
    expires_at: Mapped[datetime]
    partner: Mapped[Partner] = relationship(back_populates="links")


class TimelineEntry(Row):
    """A line of what happened."""

    __tablename__ = "timeline"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime] = mapped_column(default=_now)
    partner: Mapped[Partner] = relationship(back_populates="timeline")


class OutboxEvent(Row):
    """An event to be sent."""

    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(Identity(), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(default=uuid4)
    topic: Mapped[str]
    subject: Mapped[str]
    type: Mapped[str]
    occurred_at: Mapped[datetime] = mapped_column(default=_now)
    data: Mapped[dict[str, Any]]


class KeptAnswer(Row):
    """The first answer to an Idempotency-Key."""

    __tablename__ = "answers"

    key: Mapped[str] = mapped_column(primary_key=True)
    request_digest: Mapped[bytes]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
