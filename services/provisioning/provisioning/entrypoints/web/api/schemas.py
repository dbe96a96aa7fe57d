"""The JSON of provisioning's API."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.http.paging import PageSchema, list_of, page_of
from chassis.http.principals import Kind, current_principal
from chassis.http.strict_fields import Choice, Name, ProperName, StrictSchema, Text, Whole
from chassis.operating.http_schemas import StatedReason
from provisioning.adapters.certificate_requests import LONGEST_REQUEST, public_key_of
from provisioning.adapters.products.iot import DEVICES_MOST
from provisioning.domain.catalogue import COMPETENCES, PARTNER_TYPES, TIERS
from provisioning.domain.device_claims import LONGEST_SECRET, ClaimState
from provisioning.domain.grant_states import Intent, State
from provisioning.domain.leases import DAYS_MOST, FrozenFor
from provisioning.domain.plan_changes import Kind as KindOfChange
from provisioning.domain.standings import Standing

_CURSOR = validate.Regexp(r"^[0-9]{1,18}\Z", error="Not a cursor of ours.")


class GrantSearch(PageSchema):
    """Which grants an operator wants to see."""

    state = Choice(State)
    stuck = Choice(
        ("true", "false"),
        metadata={"description": "Only those that wait for an operator, or only the others"},
    )
    to_approve = Choice(("true",), metadata={"description": "Only those that wait for approval"})
    frozen_for = Choice(
        FrozenFor, metadata={"description": "Only those that are off for this, and still wanted"}
    )
    cost_not_seen = Choice(
        ("true",), metadata={"description": "Only those whose account's cost was not seen of late"}
    )
    ends_within = Whole(
        least=1,
        most=DAYS_MOST,
        from_text=True,
        metadata={"description": "Only those whose lease ends within so many days"},
    )
    cursor = fields.String(validate=_CURSOR, load_default="0")


class StepToSkip(StatedReason):
    """Which step is left as it stands, and why."""

    step = Name(required=True)


class MoreTime(StatedReason):
    """How many days more, of 24 hours each, and why."""

    days = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=DAYS_MOST))


class MoreBudget(StatedReason):
    """How much more a grant may cost this month, in whole USD, and why; 0 only gives back what is off."""

    usd = Whole(required=True, least=0, most=1_000_000)


class BudgetSeen(Schema):
    """What a grant may cost this month, and what it cost so far; amounts are USD with two decimals."""

    month = fields.String(required=True, metadata={"description": "In UTC, as 2026-11"})
    budget_usd = fields.String(required=True, metadata={"description": "With what was added this month"})
    spent_usd = fields.String(required=True, metadata={"description": "The higher of estimate and bill"})
    percent = fields.Integer(required=True, metadata={"description": "How much of the budget is spent"})
    estimated_usd = fields.String(required=True, metadata={"description": "By what was seen running"})
    billed_usd = fields.String(
        required=True, metadata={"description": "By AWS, which comes late; without refunds and credits"}
    )
    usd_per_hour = fields.String(required=True, metadata={"description": "What runs now"})
    looked_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When all of it was last seen"}
    )
    freezes_at_percent = fields.Integer(
        required=True, allow_none=True, metadata={"description": "From there on it is switched off"}
    )
    account_id = fields.String(metadata={"description": "For operators, as all that follows"})
    assumed = fields.List(
        fields.String(),
        metadata={"description": "Priced as the dearest of their kind: unknown to the price file"},
    )
    not_seen_since = fields.AwareDateTime(allow_none=True)
    not_seen_because = fields.String(allow_none=True)


class LeaseSeen(Schema):
    """How long a grant lasts."""

    started_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    is_expired = fields.Boolean(required=True)
    removal_at = fields.AwareDateTime(
        required=True, metadata={"description": "When what was made is taken away, unless there is more time"}
    )


class ResultsSeen(Schema):
    """What people made with a product, after their grant ended."""

    delete_at = fields.AwareDateTime(required=True, metadata={"description": "Kept until then"})
    deleted_at = fields.AwareDateTime(required=True, allow_none=True)


class StepCause(Schema):
    """Why a step does not get on."""

    step = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "Stable, for programs"})
    message = fields.String(required=True, metadata={"description": "For people"})
    will_retry = fields.Boolean(required=True)
    retry_at = fields.AwareDateTime(required=True, allow_none=True)


class DifferenceSeen(Schema):
    """In what something outside differs from what it should be."""

    code = fields.String(required=True, metadata={"description": "Stable, for programs"})
    facts = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class StepOfGrant(Schema):
    """How far one step has come."""

    name = fields.String(required=True)
    standing = Choice(
        Standing,
        required=True,
        metadata={"description": "What was last observed outside; held: switched off by somebody else"},
    )
    differences = fields.List(fields.Nested(DifferenceSeen), required=True)
    seen_at = fields.AwareDateTime(required=True, allow_none=True)
    skipped_because = fields.String(
        required=True, allow_none=True, metadata={"description": "Why an operator left it as it stands"}
    )
    attempts = fields.Integer(required=True)
    is_stuck = fields.Boolean(required=True, metadata={"description": "Waits for an operator"})
    begun_at = fields.AwareDateTime(required=True, allow_none=True)
    retry_at = fields.AwareDateTime(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)


class GrantSeen(Schema):
    """A grant. What has no place among the required fields is for operators only."""

    grant_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    product = fields.String(
        required=True, metadata={"description": "Packages and the catalogue may bring more products"}
    )
    entry_name = fields.String(
        metadata={"description": "Which of several of the product, by the catalogue; else empty"}
    )
    required = fields.Boolean(required=True, metadata={"description": "Whether activation waits for it"})
    state = Choice(State, required=True)
    identifiers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    collectable = fields.Boolean(required=True, metadata={"description": "Whether a key waits, once"})
    cause = fields.Nested(StepCause, required=True, allow_none=True)
    lease = fields.Nested(LeaseSeen, required=True, allow_none=True)
    budget = fields.Nested(
        BudgetSeen, allow_none=True, metadata={"description": "Null without a budget; not in answers to acts"}
    )
    results = fields.Nested(
        ResultsSeen,
        allow_none=True,
        metadata={"description": "Null unless it left some at its end; only where one grant is shown"},
    )
    intent = Choice(Intent, metadata={"description": "What is wanted"})
    frozen_for = fields.List(Choice(FrozenFor), metadata={"description": "Why it is switched off"})
    is_forced = fields.Boolean(metadata={"description": "Taken away whatever holds it"})
    look_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When it is looked at next"})
    parameters = fields.Dict(keys=fields.String())
    collected_at = fields.AwareDateTime(allow_none=True)
    waiver_reason = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(StepOfGrant))


GrantsOfPartner = list_of("GrantsOfPartner", grants=GrantSeen)
GrantPage = page_of("GrantPage", grants=GrantSeen)


class CredentialsOfDevice(Schema):
    """The key of a device, handed out once."""

    thing_name = fields.String(required=True)
    endpoint = fields.String(required=True)
    certificate_pem = fields.String(required=True)
    private_key_pem = fields.String(required=True)


DEVICE_STATES = ("being_made", "ready", "switched_off", "failed", "being_removed", "removed")


class ReasonOfOperator(StrictSchema):
    """Why an operator does it, who has to say so; kept in the operators' log."""

    reason = Text()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def operators_say_why(self, data: dict[str, Any], original: object, **_: Any) -> None:
        if not isinstance(original, Mapping):
            return  # It is refused as a whole.
        if current_principal().kind is Kind.OPERATOR and "reason" not in original:
            raise ValidationError("Missing data for required field.", "reason")


class NewDevice(ReasonOfOperator):
    """A device to be added, and what its partner calls it."""

    name = ProperName(required=True)


class DeviceChanged(Schema):
    """A device beside the first one of a grant, without its name: the answer is kept for repetitions."""

    device_id = fields.UUID(required=True)
    state = Choice(
        DEVICE_STATES,
        required=True,
        metadata={"description": "switched_off: with its grant, or by somebody else"},
    )
    added_at = fields.AwareDateTime(required=True)
    thing_name = fields.String(
        required=True, allow_none=True, metadata={"description": "Its name outside, and its client id"}
    )
    certificate_id = fields.String(required=True, allow_none=True)
    collectable = fields.Boolean(required=True, metadata={"description": "Its key waits to be collected"})
    collected_at = fields.AwareDateTime(required=True, allow_none=True)
    older_key_stays = fields.Boolean(
        required=True, metadata={"description": "An older key is good until the rotation is ended"}
    )
    cause = fields.Nested(StepCause, required=True, allow_none=True)


class DeviceSeen(DeviceChanged):
    """A device beside the first one of a grant."""

    name = fields.String(required=True, metadata={"description": "What its partner calls it"})


class DevicesOfGrant(Schema):
    """The devices of a grant beside its first one, and how many it may have with that one."""

    quota = fields.Integer(required=True)
    devices = fields.List(fields.Nested(DeviceSeen), required=True)


_SERIAL = r"^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,62}[A-Za-z0-9])?\Z"


class NewClaim(ReasonOfOperator):
    """A claim to be made: how many devices may join by it, for how long, and what they are called."""

    name_prefix = ProperName(
        most=100, required=True, metadata={"description": "A device is called so, and by its serial number"}
    )
    places = Whole(required=True, least=1, most=DEVICES_MOST - 1)
    valid_hours = Whole(required=True, least=1, most=90 * 24)


class ClaimOfForm(StrictSchema):
    """The same as a partner types it."""

    name_prefix = ProperName(most=100, required=True)
    places = Whole(required=True, least=1, most=DEVICES_MOST - 1, from_text=True)
    valid_days = Whole(required=True, least=1, most=90, from_text=True)


class ClaimSeen(Schema):
    """A claim of a grant, without its secret."""

    claim_id = fields.UUID(required=True)
    name_prefix = fields.String(required=True)
    state = Choice(
        ClaimState,
        required=True,
        metadata={"description": "paused: while the grant is switched off; ended: with the grant"},
    )
    places = fields.Integer(required=True)
    used = fields.Integer(
        required=True, metadata={"description": "How many came by it, with those that are gone"}
    )
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class ClaimMade(ClaimSeen):
    """A claim with its secret, which is told only once."""

    secret = fields.String(required=True)


ClaimsOfGrant = list_of("ClaimsOfGrant", claims=ClaimSeen)


class CertificateRequest(fields.String):
    """A certificate signing request; what is read of it is the public key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=LONGEST_REQUEST), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > LONGEST_REQUEST:
            raise ValidationError(f"Longer than {LONGEST_REQUEST} characters.")
        try:
            return public_key_of(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class DeviceRedemption(StrictSchema):
    """A device shows the secret of a claim, says which one it is, and asks for a certificate."""

    secret = Name(required=True, most=LONGEST_SECRET)
    serial = fields.String(
        required=True,
        validate=validate.Regexp(_SERIAL, error="Letters, digits and . _ : - between them, at most 64."),
        metadata={"description": "Its serial number; no other device by the same claim has it"},
    )
    csr = CertificateRequest(
        required=True, metadata={"description": "PKCS#10 in PEM, for a key that stays on the device"}
    )


class RedeemedDevice(Schema):
    """A device that came by a claim; what it needs to speak is told once it is ready."""

    device_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = Choice(DEVICE_STATES, required=True)
    thing_name = fields.String(
        required=True, allow_none=True, metadata={"description": "Its name outside, and its client id"}
    )
    endpoint = fields.String(
        required=True, allow_none=True, metadata={"description": "Host; MQTT with TLS at port 8883"}
    )
    topic_root = fields.String(
        required=True, allow_none=True, metadata={"description": "All its topics begin with this and a /"}
    )
    certificate_pem = fields.String(required=True, allow_none=True)
    issuer_pem = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For brokers that go by issuers; the endpoint does not ask for it"},
    )
    server_ca_url = fields.String(
        required=True, allow_none=True, metadata={"description": "The root by which the endpoint is known"}
    )


class WayInOfPerson(Schema):
    """How one person comes into a product."""

    member_id = fields.UUID(required=True)
    user_name = fields.String(
        required=True, allow_none=True, metadata={"description": "Null for who has no user there"}
    )
    has_come_in = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "Null where the product does not show it"}
    )
    must_register = fields.Boolean(
        required=True, metadata={"description": "Registers at an address of their own, to be asked for"}
    )


WaysIn = list_of("WaysIn", people=WayInOfPerson)


class RegistrationOfPerson(Schema):
    """Where one person registers, told once."""

    address = fields.String(required=True)


class EntryOfCatalogue(Schema):
    """A product in one size, and to whom it is due; null means any."""

    product = fields.String(required=True)
    name = fields.String(metadata={"description": "Where a partner may have several of the product"})
    tiers = fields.List(fields.String(), required=True, allow_none=True)
    partner_types = fields.List(fields.String(), required=True, allow_none=True)
    competences = fields.List(fields.String(), required=True, allow_none=True)
    only_if_wanted = fields.Boolean(required=True)
    needs_approval = fields.Boolean(required=True)
    required = fields.Boolean(required=True)
    parameters = fields.Dict(keys=fields.String(), required=True)


class ProfileToTry(StrictSchema):
    """A partner as the catalogue sees it; a list is a parameter that is there several times."""

    tier = Choice(TIERS, required=True)
    partner_type = Choice(PARTNER_TYPES, required=True)
    competences = fields.List(Choice(COMPETENCES), load_default=list)
    products_wanted = fields.List(Name(most=32), load_default=list, validate=validate.Length(max=16))


class TierToTry(StrictSchema):
    """A tier beside the one that the partner has."""

    tier = Choice(TIERS, load_default=None)


class ProductDue(Schema):
    """A product that is due, and the place of the entry that decides, from 1."""

    product = fields.String(required=True)
    entry_name = fields.String()
    entry = fields.Integer(required=True)
    required = fields.Boolean(required=True)
    parameters = fields.Dict(keys=fields.String(), required=True)


class PlanDue(Schema):
    """What a partner of a profile would get."""

    catalogue_version = fields.String(required=True)
    products = fields.List(fields.Nested(ProductDue), required=True)


class PreviewedPlan(StatedReason):
    """Which preview is carried out, and why."""

    preview_id = Name(required=True, most=16)


class ParameterChange(Schema):
    """One value before and after; null where there is none."""

    name = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class DifferenceOfPlan(Schema):
    """A grant that is another one by today's catalogue."""

    kind = Choice(
        KindOfChange,
        required=True,
        metadata={"description": "left: due, but taken away or waived before; nothing brings it back"},
    )
    product = fields.String(required=True)
    entry_name = fields.String()
    grant_id = fields.UUID(required=True, allow_none=True)
    entry = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Place of the entry that decides, from 1"}
    )
    changes = fields.List(fields.Nested(ParameterChange), required=True)
    held_up_by = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What cannot be changed in place; then nothing of the grant is changed"},
    )


class PlanPreviewSeen(Schema):
    """What a change of the plan does, and the id that asks for just that."""

    preview_id = fields.String(required=True)
    catalogue_version = fields.String(required=True)
    differences = fields.List(fields.Nested(DifferenceOfPlan), required=True)


class CatalogueInUse(Schema):
    """The catalogue that plans are made from."""

    version = fields.String(required=True)
    entries = fields.List(fields.Nested(EntryOfCatalogue), required=True)
