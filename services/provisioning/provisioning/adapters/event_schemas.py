"""The events that provisioning sends and reads, as marshmallow sees them; checked against the contracts."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, post_load, validate

from provisioning.domain.products import PRODUCTS

_CODE = validate.Regexp(r"^[a-z][a-z0-9_]*\Z")


class _Produced(Schema):
    class Meta:
        unknown = RAISE

    partner_id = fields.UUID(required=True)


class AccessCleared(_Produced):
    """Nothing of the partner is left."""


class _GrantEvent(_Produced):
    grant_id = fields.UUID(required=True)
    product = fields.String(required=True, validate=validate.OneOf(tuple(PRODUCTS)))


class AccessProvisioningStarted(_GrantEvent):
    """The first step is being taken, or is taken again."""


class AccessFrozen(_GrantEvent):
    """Switched off, not destroyed."""


class AccessUnfrozen(_GrantEvent):
    """Switched on again."""


class AccessRevoked(_GrantEvent):
    """Everything that was made is undone."""


class AccessGranted(_GrantEvent):
    """Usable, with the identifiers of what was made."""

    identifiers = fields.Dict(
        keys=fields.String(validate=[_CODE, validate.Length(max=64)]),
        values=fields.String(validate=validate.Length(max=2048)),
        required=True,
        validate=validate.Length(max=50),
    )
    collectable = fields.Boolean(required=True)
    member_ids = fields.List(fields.UUID(), validate=validate.Length(max=1000))


class AccessFailed(_GrantEvent):
    """A step failed: which, why, and whether it is tried again."""

    required = fields.Boolean(required=True)
    step = fields.String(required=True, validate=[_CODE, validate.Length(max=64)])
    code = fields.String(required=True, validate=[_CODE, validate.Length(max=64)])
    message = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    attempt = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10000))
    will_retry = fields.Boolean(required=True)
    retry_at = fields.AwareDateTime(required=True, allow_none=True)


class AccessWaived(_GrantEvent):
    """The vendor goes on without it."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    waived_by = fields.String(required=True, validate=validate.Length(min=1, max=200))


class GrantOfMember(Schema):
    """One product that a person has, with the grant it comes from."""

    class Meta:
        unknown = RAISE

    grant_id = fields.UUID(required=True)
    product = fields.String(required=True, validate=validate.OneOf(tuple(PRODUCTS)))


class AccessMemberAdded(_Produced):
    """A person who joined has access."""

    member_id = fields.UUID(required=True)
    products = fields.List(fields.Nested(GrantOfMember), required=True, validate=validate.Length(max=50))
    added_at = fields.AwareDateTime(required=True)


class PlannedGrant(Schema):
    """One due grant in the plan."""

    class Meta:
        unknown = RAISE

    grant_id = fields.UUID(required=True)
    product = fields.String(required=True, validate=validate.OneOf(tuple(PRODUCTS)))
    required = fields.Boolean(required=True)


class AccessPlanned(_Produced):
    """The whole plan for a partner, possibly empty."""

    catalogue_version = fields.String(
        required=True, validate=[validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z"), validate.Length(max=64)]
    )
    grants = fields.List(fields.Nested(PlannedGrant), required=True, validate=validate.Length(max=50))


class _Consumed(Schema):
    class Meta:
        unknown = EXCLUDE

    partner_id = fields.UUID(required=True)


class PartnerNamed(_Consumed):
    """Of an event that only has to say which partner."""


class MemberRead(Schema):
    """A member, as steps need it; who has one name has no family name."""

    class Meta:
        unknown = EXCLUDE

    member_id = fields.UUID(required=True)
    given_name = fields.String(required=True)
    family_name = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    is_contact = fields.Boolean(required=True)
    has_one_name = fields.Boolean()

    @post_load
    def read_names(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The event gives a single name twice."""
        return {**data, "family_name": ""} if data.pop("has_one_name", False) else data


class PartnerApproved(_Consumed):
    """What a plan and its steps need; a value that we do not know (a new tier) is due nothing by itself."""

    legal_name = fields.String(required=True)
    country = fields.String(required=True)
    partner_type = fields.String(required=True)
    tier = fields.String(required=True)
    language = fields.String(required=True)
    competences = fields.List(fields.String(), required=True)
    products_wanted = fields.List(fields.String(), required=True)
    members = fields.List(fields.Nested(MemberRead), required=True)


class PartnerMemberAdded(_Consumed):
    """A person who confirmed."""

    member = fields.Nested(MemberRead, required=True)


PRODUCED: Mapping[str, Schema] = {
    "access.planned.v1": AccessPlanned(),
    "access.provisioning_started.v1": AccessProvisioningStarted(),
    "access.granted.v1": AccessGranted(),
    "access.failed.v1": AccessFailed(),
    "access.waived.v1": AccessWaived(),
    "access.frozen.v1": AccessFrozen(),
    "access.unfrozen.v1": AccessUnfrozen(),
    "access.revoked.v1": AccessRevoked(),
    "access.cleared.v1": AccessCleared(),
    "access.member_added.v1": AccessMemberAdded(),
}

CONSUMED: Mapping[str, Schema] = {
    "partner.approved.v1": PartnerApproved(),
    "partner.agreement_accepted.v1": PartnerNamed(),
    "partner.member_added.v1": PartnerMemberAdded(),
    "partner.suspended.v1": PartnerNamed(),
    "partner.resumed.v1": PartnerNamed(),
    "partner.offboarding_started.v1": PartnerNamed(),
}
