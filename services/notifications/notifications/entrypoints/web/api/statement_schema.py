"""What is read of an xAPI 1.0.3 statement; all else in it is left alone.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md
"""

from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

_MOST = 2_048
IRI = (validate.Length(max=_MOST), validate.Regexp(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z"))


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

    mbox = fields.String(validate=[validate.Length(max=_MOST), validate.Regexp(r"mailto:[^@\s]+@[^@\s]+\Z")])
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


class ActivitySchema(OpenSchema):
    """What it was done to, by its IRI; other objects than activities may have none."""

    id = fields.String(validate=IRI)


class VerbSchema(OpenSchema):
    """What was done, by its IRI."""

    id = fields.String(required=True, validate=IRI)


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
    object = fields.Nested(ActivitySchema, required=True)
    result = fields.Nested(ResultSchema)
    timestamp = fields.AwareDateTime(format="iso")


def member_id_of(account: dict[str, str], home_page: str) -> UUID | None:
    """The member that an account of ours names."""
    try:
        return UUID(account["name"]) if account["homePage"].rstrip("/") == home_page else None
    except ValueError:
        return None
