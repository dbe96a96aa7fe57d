"""The baseline that does the same work the usual way: flask-smorest, marshmallow, SQLAlchemy's ORM.

It checks an application, keeps the answer to its Idempotency-Key, and writes partner, people, link, timeline
and events in one transaction. It counts no limit, and numbers no event.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, request
from flask_smorest import Api, Blueprint, abort
from marshmallow import Schema, fields, validate
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from tests.benchmarks.usual_rows import KeptAnswer, Link, Member, OutboxEvent, Partner, TimelineEntry

from chassis.database.urls import sqlalchemy_url

_LANGUAGES = validate.OneOf(("de", "en"))
_COMPETENCES = validate.OneOf(("ai", "cloud", "crm", "data", "edge", "iot", "security", "training"))
_PRODUCTS = validate.OneOf(("analytics", "cloud_sandbox", "crm", "iot", "learning"))


class CompanySchema(Schema):
    """The company."""

    legal_name = fields.String(required=True, validate=validate.Length(1, 200))
    registration_number = fields.String(required=True, validate=validate.Length(1, 64))
    country = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{2}\Z"))
    website = fields.Url(required=True, schemes={"https"}, validate=validate.Length(max=500))


class PersonSchema(Schema):
    """One of its people."""

    given_name = fields.String(required=True, validate=validate.Length(1, 100))
    family_name = fields.String(load_default="", validate=validate.Length(max=100))
    email = fields.Email(required=True, validate=validate.Length(max=254))
    language = fields.String(validate=_LANGUAGES)


class ApplicationSchema(Schema):
    """A whole application."""

    company = fields.Nested(CompanySchema, required=True)
    contact = fields.Nested(PersonSchema, required=True)
    members = fields.List(fields.Nested(PersonSchema), load_default=list, validate=validate.Length(max=49))
    partner_type = fields.String(required=True, validate=validate.Length(1, 64))
    competences = fields.List(fields.String(validate=_COMPETENCES), load_default=list)
    products_wanted = fields.List(fields.String(validate=_PRODUCTS), load_default=list)
    expected_benefits = fields.String(load_default="", validate=validate.Length(max=4000))
    language = fields.String(required=True, validate=_LANGUAGES)


class AppliedSchema(Schema):
    """What the applicant is told."""

    partner_id = fields.String(required=True)
    state = fields.String(required=True)


def create_app(database_url: str) -> Flask:
    """The app, with a connection pool of the size that the services have."""
    app = Flask(__name__)
    app.config.update(API_TITLE="Usual", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    engine = create_engine(sqlalchemy_url(database_url), pool_size=10, max_overflow=0)
    sessions = sessionmaker(engine, expire_on_commit=False)
    applying = Blueprint("applying", __name__)

    @applying.post("/v1/applications")  # type: ignore[untyped-decorator]
    @applying.arguments(ApplicationSchema)  # type: ignore[untyped-decorator]
    @applying.response(202, AppliedSchema)  # type: ignore[untyped-decorator]
    def apply(body: dict[str, Any]) -> dict[str, Any]:
        with sessions.begin() as session:
            return _apply_once(session, body)

    Api(app).register_blueprint(applying)
    return app


def _apply_once(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    key, digest = request.headers["Idempotency-Key"], hashlib.sha256(request.get_data()).digest()
    if kept := session.get(KeptAnswer, key):
        if kept.request_digest != digest:
            abort(422, message="The key was used with another request.")
        return kept.body
    partner = _partner(body)
    session.add(partner)
    session.flush()
    session.add_all(_events(partner))
    answer = {"partner_id": str(partner.id), "state": partner.state}
    session.add(KeptAnswer(key=key, request_digest=digest, body=answer))
    return answer


def _partner(body: dict[str, Any]) -> Partner:
    now = datetime.now(UTC)
    facts = {name: value for name, value in body.items() if name not in {"company", "contact", "members"}}
    people = [body["contact"], *body["members"]]
    return Partner(
        state="applied",
        **body["company"],
        **facts,
        deadline_at=now + timedelta(days=3),
        members=[
            Member(position=place, is_contact=place == 0, **{"language": body["language"], **person})
            for place, person in enumerate(people)
        ],
        links=[Link(purpose="verify_email", expires_at=now + timedelta(days=3))],
        timeline=[
            TimelineEntry(code="partner.applied", facts={"member_count": len(people)}),
            TimelineEntry(code="partner.email_verification_requested", facts={}),
        ],
    )


def _events(partner: Partner) -> list[OutboxEvent]:
    """The three that ours emits."""
    contact, link = partner.members[0], partner.links[0]
    facts = {
        "partner_id": str(partner.id),
        "legal_name": partner.legal_name,
        "registration_number": partner.registration_number,
        "country": partner.country,
        "website": partner.website,
        "partner_type": partner.partner_type,
        "competences": partner.competences,
        "products_wanted": partner.products_wanted,
        "language": partner.language,
        "member_count": len(partner.members),
    }
    asked = {
        "partner_id": str(partner.id),
        "contact": {
            "member_id": str(contact.id),
            "given_name": contact.given_name,
            "family_name": contact.family_name,
            "email": contact.email,
            "language": contact.language,
        },
        "link": {"id": str(link.id), "purpose": link.purpose, "expires_at": link.expires_at.isoformat()},
    }
    applied = {**facts, "expected_benefits": partner.expected_benefits}
    state = {**facts, "state": partner.state, "deadline_at": partner.deadline_at.isoformat()}
    told = [
        ("partner.lifecycle.v1", "partner.applied.v1", applied),
        ("partner.lifecycle.v1", "partner.email_verification_requested.v1", asked),
        ("partner.state.v1", "partner.state.v1", state),
    ]
    subject = str(partner.id)
    return [OutboxEvent(topic=topic, type=kind, subject=subject, data=data) for topic, kind, data in told]
