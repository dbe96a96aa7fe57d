"""What is read of an xAPI 1.0.3 statement, and what it says of a lesson; all else in it is left alone.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis import clock
from chassis.http.described import described
from chassis.messaging.subscriptions import OpenSchema
from notifications.domain.invitations import Lesson
from notifications.handlers.commands import NoteLesson

_MOST = 2_048
_IRI = r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z"
# No address contains control characters or lone surrogates, and PostgreSQL accepts neither.
_MBOX = r"mailto:[^@\s\x00-\x1f\ud800-\udfff]+@[^@\s\x00-\x1f\ud800-\udfff]+\Z"
ACTIVITY = "Activity"
_VERBS = "http://adlnet.gov/expapi/verbs/"
COMPLETED = {_VERBS + verb for verb in ("completed", "passed")}
BEGUN = {_VERBS + verb for verb in ("initialized", "attempted", "launched", "experienced", "progressed")}
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"


class AccountSchema(OpenSchema):
    """Who somebody is at a system: at ours, by the id of a member."""

    homePage = fields.String(required=True, validate=validate.Length(1, _MOST))  # noqa: N815 - xAPI's
    name = fields.String(required=True, validate=validate.Length(1, _MOST))


class ActorSchema(OpenSchema):
    """A person, by one of these."""

    mbox = fields.String(validate=[validate.Length(max=_MOST), validate.Regexp(_MBOX)])
    account = fields.Nested(AccountSchema)
    mbox_sha1sum = fields.String(validate=validate.Regexp(r"[0-9a-fA-F]{40}\Z"))
    openid = fields.String(validate=validate.Length(1, _MOST))
    member = described(fields.List(fields.Dict()), "Of a group, of whom nothing is noted")

    @validates_schema
    def check_identified(self, data: dict[str, Any], **_: Any) -> None:
        """One way to tell who it is, as the standard has it."""
        ways = data.keys() & {"mbox", "account", "mbox_sha1sum", "openid"}
        if len(ways) != 1 and "member" not in data:
            raise ValidationError("Needs exactly one of mbox, mbox_sha1sum, openid and account.")


class ObjectSchema(OpenSchema):
    """What it was done to: an activity, by its IRI, unless it says that it is something else."""

    objectType = fields.String(load_default=ACTIVITY, validate=validate.Length(max=_MOST))  # noqa: N815 - xAPI's
    id = fields.String(validate=validate.Length(max=_MOST))

    @validates_schema
    def check_activity(self, data: dict[str, Any], **_: Any) -> None:
        """Another statement, one that is voided, say, goes by its UUID; a person has no id at all."""
        if data.get("objectType") == ACTIVITY and not re.match(_IRI, data.get("id", "")):
            raise ValidationError("An activity needs an IRI.", "id")


class VerbSchema(OpenSchema):
    """What was done, by its IRI."""

    id = fields.String(required=True, validate=[validate.Length(max=_MOST), validate.Regexp(_IRI)])


class ScoreSchema(OpenSchema):
    """How well."""

    scaled = fields.Float(validate=validate.Range(-1, 1))


class ResultSchema(OpenSchema):
    """What came of it."""

    score = fields.Nested(ScoreSchema)
    success = fields.Boolean(truthy={True}, falsy={False})
    completion = fields.Boolean(truthy={True}, falsy={False})
    extensions = fields.Dict(keys=fields.String())


class StatementSchema(OpenSchema):
    """Somebody did something."""

    id = fields.UUID()
    actor = fields.Nested(ActorSchema, required=True)
    verb = fields.Nested(VerbSchema, required=True)
    object = fields.Nested(ObjectSchema, required=True)
    result = fields.Nested(ResultSchema)
    # The zone is not required (4.5); UTC is what is recommended.
    timestamp = fields.AwareDateTime(format="iso", default_timezone=UTC)


def lesson_told(statement: Mapping[str, Any], home_page: str) -> NoteLesson | None:
    """The lesson, where it may be of one of our people: by address, or by an account at ``home_page``."""
    lesson, actor = _lesson(statement), statement["actor"]
    about = statement["object"]
    if lesson is None or about["objectType"] != ACTIVITY or "member" in actor:
        return None
    email = actor["mbox"].removeprefix("mailto:") if "mbox" in actor else None
    member_id = _member_id(actor["account"], home_page) if "account" in actor else None
    if email is None and member_id is None:
        return None
    return NoteLesson(activity=about["id"], lesson=lesson, email=email, member_id=member_id)


def _member_id(account: Mapping[str, str], home_page: str) -> UUID | None:
    try:
        return UUID(account["name"]) if account["homePage"].rstrip("/") == home_page else None
    except ValueError:
        return None


def _lesson(statement: Mapping[str, Any]) -> Lesson | None:
    verb, result = statement["verb"]["id"], statement.get("result", {})
    at: datetime = min(statement.get("timestamp") or clock.now(), clock.now())
    if verb in COMPLETED and result.get("completion", True) and result.get("success", True):
        return Lesson(at=at, is_completed=True, score=result.get("score", {}).get("scaled"))
    if verb in BEGUN or verb in COMPLETED:
        return Lesson(at=at, progress=_percent(result.get("extensions", {}).get(PROGRESS)))
    return None


def _percent(told: Any) -> int | None:
    is_percent = isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= 100
    return told if is_percent else None
