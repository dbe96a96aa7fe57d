"""The events that integrations reads: they are passed on unchanged, so hardly a field is parsed."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, fields

from chassis.messaging.subscriptions import OpenSchema

_Text = partial(fields.String, required=True)
_Texts = partial(fields.List, fields.String(), required=True)


class ReceivedSchema(OpenSchema):
    """An event about a partner."""

    partner_id = fields.UUID(required=True)


class GrantRead(OpenSchema):
    """A product that the partner has or is to get."""

    product = _Text()


def _read(**more: fields.Field[Any]) -> Schema:
    """An event with further fields beside the partner."""
    return ReceivedSchema.from_dict(more)()


_ANYTHING = ReceivedSchema()
_LOOKED_AT: Mapping[str, Schema] = {
    "partner.approved.v1": _read(tier=_Text(), products_wanted=_Texts()),
    "partner.state.v1": _read(
        state=_Text(),
        tier=_Text(allow_none=True),
        products_wanted=_Texts(),
        grants=fields.List(fields.Nested(GrantRead), required=True),
    ),
    "partner.sessions_ended.v1": _read(session_ids=fields.List(fields.UUID(), required=True)),
    "access.granted.v1": _read(product=_Text()),
}


def schema_of(event: str) -> Schema:
    """The schema of an event, by ``name.vN``."""
    return _LOOKED_AT.get(event, _ANYTHING)
