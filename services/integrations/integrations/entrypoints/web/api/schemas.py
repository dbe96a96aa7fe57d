"""Shapes that several files of the API share."""

from marshmallow import Schema, fields

from chassis.http.described import described
from chassis.http.strict_fields import StrictSchema


class Move(StrictSchema):
    """Nothing to say."""


class PartnerScopeSeen(Schema):
    rule = fields.String(required=True)
    values = fields.List(fields.String(), required=True)


class PurposeSeen(Schema):
    """What partners are told, in their language."""

    de = fields.String(required=True)
    en = fields.String(required=True)
    version = described(fields.Integer(required=True), "Grows with each other text")
