"""Fields of this service's input, checked against what the service knows."""

from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from chassis.http.current_service import current_service
from chassis.http.principals import current_principal
from chassis.http.strict_fields import Choice, ProperName, ShortList, StrictSchema, Text
from integrations.adapters.allowed_addresses import LONGEST_URL, AddressRefused
from integrations.adapters.event_filters import LONGEST_FILTER, check_filter
from integrations.bootstrap import IntegrationsService
from integrations.domain.consents import LONGEST_PURPOSE, Purpose
from integrations.domain.integrators import PartnerRule, PartnerScope

MOST_TYPES = 200
MOST_PARTNERS = 1_000


class EventTypeName(fields.String):
    """``partner.approved.v1``, with or without the prefix that CloudEvents carry."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"example": "partner.approved.v1"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        settings = current_service(IntegrationsService).settings
        key = text.removeprefix(f"{settings.event_type_prefix}.")
        if key not in settings.catalogue:
            raise ValidationError("There is no such event type; GET /v1/event-types lists them.")
        return key


class WebhookUrl(fields.String):
    """An address that webhooks may go to, in its one way to be written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "uri", "maxLength": LONGEST_URL}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return current_service(IntegrationsService).addresses.checked_url(text)
        except AddressRefused as refused:
            raise ValidationError(str(refused)) from refused


class By(fields.String):
    """Who did it: ``person`` or ``token`` and its id, or ``operator``, whose name is for operators alone."""

    def __init__(self) -> None:
        super().__init__(
            required=True,
            allow_none=True,
            metadata={"example": "token 0198c2f1-93a4-7d5e-8f10-2b6c7d8e9f01"},
        )

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        text = super()._serialize(value, attr, obj, **kwargs)
        is_hidden = text is not None and text.startswith("operator ") and not current_principal().may_read_all
        return "operator" if is_hidden else text


class Moment(fields.AwareDateTime):
    """With its zone, and in a year that is one in every zone: others are stored, and never read again."""

    default_error_messages = {  # noqa: RUF012
        "invalid": "Not a time such as 2026-01-31T09:30:00Z.",
        "invalid_awareness": "Say its zone too, as in 2026-01-31T09:30:00Z.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=None, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not MINYEAR < moment.year < MAXYEAR:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return moment


class Filter(Text):
    """An expression of CEL over ``type``, ``subject`` and ``data`` that is true for what is wanted."""

    def __init__(self, **kwargs: Any) -> None:
        example = {"example": 'data.tier == "premier" && "iot" in data.products_wanted'}
        super().__init__(most=LONGEST_FILTER, allow_none=True, metadata=example, **kwargs)

    def read(self, text: str) -> str:
        check_filter(text, current_service(IntegrationsService).settings.catalogue.values())
        return text


class EventTypes(ShortList):
    """Some event types, each once."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(EventTypeName(), least=least, most=MOST_TYPES, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(dict.fromkeys(super()._deserialize(value, attr, data, **kwargs)))


# Rules that say it all.
_WITHOUT_VALUES = {PartnerRule.ALL, PartnerRule.CONSENTED}


class PartnerScopeSchema(StrictSchema):
    """Whose events; ``values`` are tiers, products or ids of partners, none for all and for consented."""

    rule = Choice(PartnerRule, required=True)
    values = ShortList(fields.String(), most=MOST_PARTNERS, load_default=list)

    @validates_schema
    def values_fit(self, data: dict[str, Any], **_: Any) -> None:
        values = data["values"]
        if (data["rule"] in _WITHOUT_VALUES) != (not values):
            raise ValidationError("Needed, except for the rules all and consented.", "values")
        if data["rule"] == PartnerRule.NAMED:
            _expect_ids(values)
        elif data["rule"] not in _WITHOUT_VALUES:
            _expect_known(PartnerRule(data["rule"]), values)

    @post_load
    def as_scope(self, data: dict[str, Any], **_: Any) -> PartnerScope:
        return PartnerScope(PartnerRule(data["rule"]), tuple(dict.fromkeys(map(str.lower, data["values"]))))


class EndpointPartners(PartnerScopeSchema):
    """Whose events, of those that the integrator may see: who agreed has agreed for all its endpoints."""

    rule = Choice(tuple(one for one in PartnerRule if one is not PartnerRule.CONSENTED), required=True)


class PurposeSchema(StrictSchema):
    """What partners are told that their data serves, where they are asked; another text asks them anew."""

    de = ProperName(required=True, most=LONGEST_PURPOSE)
    en = ProperName(required=True, most=LONGEST_PURPOSE)

    @post_load
    def as_purpose(self, data: dict[str, Any], **_: Any) -> Purpose:
        return Purpose(**data)


class TimeRange(StrictSchema):
    """From a moment to another one, or until now; told beside whatever else is wrong."""

    since = Moment(data_key="from")
    until = Moment(data_key="to")

    @validates_schema(skip_on_field_errors=False)
    def ends_after_its_begin(self, data: dict[str, Any], **_: Any) -> None:
        since, until = data.get("since"), data.get("until")
        if since and until and until <= since:
            raise ValidationError("Must be later than from.", "to")


def _expect_known(rule: PartnerRule, values: list[str]) -> None:
    known = current_service(IntegrationsService).settings.partner_values[rule]
    if wrong := [place for place, value in enumerate(values) if value.lower() not in known]:
        told = f"Not one of the {rule}: {', '.join(known)}."
        raise ValidationError({"values": {place: [told] for place in wrong}})


def _expect_ids(values: list[str]) -> None:
    field = fields.UUID()
    for place, value in enumerate(values):
        try:
            is_canonical = str(field.deserialize(value)) == value.lower()
        except ValidationError:
            is_canonical = False
        if not is_canonical:
            raise ValidationError({"values": {place: ["Not an id of a partner."]}})
