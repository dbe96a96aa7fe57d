"""The JSON of provisioning's API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from chassis.http.described import described
from chassis.http.paging import PageSchema, list_of, page_of
from chassis.http.strict_fields import Choice, Name, ProperName, StrictSchema, Whole
from chassis.operating.http_schemas import ReasonOfOperator, StatedReason
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
    stuck = described(
        Choice(("true", "false")),
        "Only those that need an operator (stuck, or to be stopped and still on), or only the others",
    )
    to_approve = described(Choice(("true",)), "Only those that wait for approval")
    frozen_for = described(Choice(FrozenFor), "Only those that are off for this, and still wanted")
    cost_not_seen = described(Choice(("true",)), "Only those whose account's cost was not seen of late")
    ends_within = described(
        Whole(least=1, most=DAYS_MOST, from_text=True), "Only those whose lease ends within so many days"
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

    month = described(fields.String(required=True), "In UTC, as 2026-11")
    budget_usd = described(fields.String(required=True), "With what was added this month")
    spent_usd = described(fields.String(required=True), "The higher of estimate and bill")
    percent = described(fields.Integer(required=True), "How much of the budget is spent")
    estimated_usd = described(fields.String(required=True), "By what was seen running")
    billed_usd = described(
        fields.String(required=True), "By AWS, which comes late; without refunds and credits"
    )
    usd_per_hour = described(fields.String(required=True), "What runs now")
    looked_at = described(
        fields.AwareDateTime(required=True, allow_none=True), "When all of it was last seen"
    )
    freezes_at_percent = described(
        fields.Integer(required=True, allow_none=True), "From there on it is switched off"
    )
    account_id = described(fields.String(), "For operators, as all that follows")
    assumed = described(
        fields.List(fields.String()), "Priced as the dearest of their kind: unknown to the price file"
    )
    not_seen_since = fields.AwareDateTime(allow_none=True)
    not_seen_because = fields.String(allow_none=True)


class LeaseSeen(Schema):
    """How long a grant lasts."""

    started_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    is_expired = fields.Boolean(required=True)
    removal_at = described(
        fields.AwareDateTime(required=True), "When what was made is taken away, unless there is more time"
    )


class ResultsSeen(Schema):
    """What people made with a product, after their grant ended."""

    delete_at = described(fields.AwareDateTime(required=True), "Kept until then")
    deleted_at = fields.AwareDateTime(required=True, allow_none=True)


class StepCause(Schema):
    """Why a step does not get on."""

    step = fields.String(required=True)
    code = described(fields.String(required=True), "Stable, for programs")
    message = described(fields.String(required=True), "For people")
    will_retry = fields.Boolean(required=True)
    retry_at = fields.AwareDateTime(required=True, allow_none=True)


class DifferenceSeen(Schema):
    """In what something outside differs from what it should be."""

    code = described(fields.String(required=True), "Stable, for programs")
    facts = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class StepOfGrant(Schema):
    """How far one step has come."""

    name = fields.String(required=True)
    standing = described(
        Choice(Standing, required=True), "What was last observed outside; held: switched off by somebody else"
    )
    differences = fields.List(fields.Nested(DifferenceSeen), required=True)
    seen_at = fields.AwareDateTime(required=True, allow_none=True)
    skipped_because = described(
        fields.String(required=True, allow_none=True), "Why an operator left it as it stands"
    )
    attempts = fields.Integer(required=True)
    is_stuck = described(fields.Boolean(required=True), "Waits for an operator")
    begun_at = fields.AwareDateTime(required=True, allow_none=True)
    retry_at = fields.AwareDateTime(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)


class GrantSeen(Schema):
    """A grant. What has no place among the required fields is for operators only."""

    grant_id = fields.UUID(required=True)
    partner_id = fields.UUID(required=True)
    product = described(fields.String(required=True), "Packages and the catalogue may bring more products")
    entry_name = described(fields.String(), "Which of several of the product, by the catalogue; else empty")
    required = described(fields.Boolean(required=True), "Whether activation waits for it")
    state = Choice(State, required=True)
    identifiers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    collectable = described(fields.Boolean(required=True), "Whether a key waits, once")
    cause = fields.Nested(StepCause, required=True, allow_none=True)
    lease = fields.Nested(LeaseSeen, required=True, allow_none=True)
    budget = described(
        fields.Nested(BudgetSeen, allow_none=True), "Null without a budget; not in answers to acts"
    )
    results = described(
        fields.Nested(ResultsSeen, allow_none=True),
        "Null unless it left some at its end; only where one grant is shown",
    )
    intent = described(Choice(Intent), "What is wanted")
    frozen_for = described(fields.List(Choice(FrozenFor)), "Why it is switched off")
    is_forced = described(fields.Boolean(), "Taken away whatever holds it")
    look_at = described(fields.AwareDateTime(allow_none=True), "When it is looked at next")
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


class NewDevice(ReasonOfOperator):
    """A device to be added, and what its partner calls it."""

    name = ProperName(required=True)


class DeviceChanged(Schema):
    """A device beside the first one of a grant, without its name: the answer is kept for repetitions."""

    device_id = fields.UUID(required=True)
    state = described(
        Choice(DEVICE_STATES, required=True), "switched_off: with its grant, or by somebody else"
    )
    added_at = fields.AwareDateTime(required=True)
    thing_name = described(
        fields.String(required=True, allow_none=True), "Its name outside, and its client id"
    )
    certificate_id = fields.String(required=True, allow_none=True)
    collectable = described(fields.Boolean(required=True), "Its key waits to be collected")
    collected_at = fields.AwareDateTime(required=True, allow_none=True)
    older_key_stays = described(
        fields.Boolean(required=True), "An older key is good until the rotation is ended"
    )
    cause = fields.Nested(StepCause, required=True, allow_none=True)


class DeviceSeen(DeviceChanged):
    """A device beside the first one of a grant."""

    name = described(fields.String(required=True), "What its partner calls it")


class DevicesOfGrant(Schema):
    """The devices of a grant beside its first one, and how many it may have with that one."""

    quota = fields.Integer(required=True)
    devices = fields.List(fields.Nested(DeviceSeen), required=True)


_SERIAL = r"^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,62}[A-Za-z0-9])?\Z"


class NewClaim(ReasonOfOperator):
    """A claim to be made: how many devices may join by it, for how long, and what they are called."""

    name_prefix = described(
        ProperName(most=100, required=True), "A device is called so, and by its serial number"
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
    state = described(
        Choice(ClaimState, required=True), "paused: while the grant is switched off; ended: with the grant"
    )
    places = fields.Integer(required=True)
    used = described(fields.Integer(required=True), "How many came by it, with those that are gone")
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
    serial = described(
        fields.String(
            required=True,
            validate=validate.Regexp(_SERIAL, error="Letters, digits and . _ : - between them, at most 64."),
        ),
        "Its serial number; no other device by the same claim has it",
    )
    csr = described(CertificateRequest(required=True), "PKCS#10 in PEM, for a key that stays on the device")


class RedeemedDevice(Schema):
    """A device that came by a claim; what it needs to speak is told once it is ready."""

    device_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = Choice(DEVICE_STATES, required=True)
    thing_name = described(
        fields.String(required=True, allow_none=True), "Its name outside, and its client id"
    )
    endpoint = described(fields.String(required=True, allow_none=True), "Host; MQTT with TLS at port 8883")
    topic_root = described(
        fields.String(required=True, allow_none=True), "All its topics begin with this and a /"
    )
    certificate_pem = fields.String(required=True, allow_none=True)
    issuer_pem = described(
        fields.String(required=True, allow_none=True),
        "For brokers that go by issuers; the endpoint does not ask for it",
    )
    server_ca_url = described(
        fields.String(required=True, allow_none=True), "The root by which the endpoint is known"
    )


class WayInOfPerson(Schema):
    """How one person comes into a product."""

    member_id = fields.UUID(required=True)
    user_name = described(fields.String(required=True, allow_none=True), "Null for who has no user there")
    has_come_in = described(
        fields.Boolean(required=True, allow_none=True), "Null where the product does not show it"
    )
    must_register = described(
        fields.Boolean(required=True), "Registers at an address of their own, to be asked for"
    )


WaysIn = list_of("WaysIn", people=WayInOfPerson)


class RegistrationOfPerson(Schema):
    """Where one person registers, told once."""

    address = fields.String(required=True)


class EntryOfCatalogue(Schema):
    """A product in one size, and to whom it is due; null means any."""

    product = fields.String(required=True)
    name = described(fields.String(), "Where a partner may have several of the product")
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

    kind = described(
        Choice(KindOfChange, required=True),
        "left: due, but taken away or waived before; nothing brings it back",
    )
    product = fields.String(required=True)
    entry_name = fields.String()
    grant_id = fields.UUID(required=True, allow_none=True)
    entry = described(
        fields.Integer(required=True, allow_none=True), "Place of the entry that decides, from 1"
    )
    changes = fields.List(fields.Nested(ParameterChange), required=True)
    held_up_by = described(
        fields.List(fields.String(), required=True),
        "What cannot be changed in place; then nothing of the grant is changed",
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
