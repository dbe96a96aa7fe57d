"""What is read of an xAPI 1.0.3 statement; all else in it is left alone.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md
"""

import re
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

_MOST = 2_048
# Control characters and halves of surrogate pairs are in no address, and PostgreSQL takes neither.
_MBOX = r"mailto:[^@\s\x00-\x1f\ud800-\udfff]+@[^@\s\x00-\x1f\ud800-\udfff]+\Z"
_IRI = r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z"
ACTIVITY = "Activity"


class OpenSchema(Schema):
    """A statement says more than we read."""

    class Meta:
        unknown = EXCLUDE


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
    member = fields.List(fields.Dict(), metadata={"description": "Of a group, of whom nothing is noted"})

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
    timestamp = fields.AwareDateTime(format="iso")


def member_id_of(account: dict[str, str], home_page: str) -> UUID | None:
    """The member that an account of ours names."""
    try:
        return UUID(account["name"]) if account["homePage"].rstrip("/") == home_page else None
    except ValueError:
        return None
