"""A partner adds devices, gives their keys up and removes them, on a page that works without JavaScript."""

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis.failures import Failure
from chassis.http.current_service import current_service
from chassis.http.visits import visit_of_form
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.grant_states import Intent, MoveNotAllowed
from provisioning.domain.grants import Grant
from provisioning.domain.refusals import ClaimNotFound, DeviceNotFound, GrantNotFound
from provisioning.entrypoints.web.api.schemas import ClaimOfForm, NewDevice
from provisioning.entrypoints.web.api.views_of_grants import claims_of, devices_of
from provisioning.entrypoints.web.own_grants import acting_name, acting_partner, own_grant
from provisioning.entrypoints.web.pages.signed_in import signed_in
from provisioning.handlers import commands
from provisioning.handlers.collect_credentials import end_older_keys, revoke_key, rotate_key
from provisioning.handlers.device_claims import make_claim, revoke_claim
from provisioning.handlers.devices import add_device, remove_device

pages = Blueprint("device_pages", __name__, template_folder="templates")
Act = Callable[[ProvisioningUnitOfWork, UUID], str | None]
_REFUSALS = {
    *("quota_reached", "name_taken", "not_collected", "older_key_stays", "no_older_key"),
    *("quota_too_small", "too_many_claims", "claim_in_use"),
}


@pages.get("/devices/<uuid:grant_id>")
@signed_in
def show(grant_id: UUID) -> Response:
    return _page(grant_id)


@pages.post("/devices/<uuid:grant_id>")
@signed_in
def act(grant_id: UUID) -> Response:
    """Do what one of the forms asks; a second click on the same showing of the page adds no second device."""
    do = _ACTS.get(request.form.get("act", ""))
    if do is None:
        return _page(grant_id)
    own_grant(grant_id)
    try:
        with current_service(ProvisioningService).open_work() as work:
            secret = do(work, grant_id)
    except ValidationError as wrong:
        name = next(iter(wrong.messages_dict))
        return _page(grant_id, f"{name}_wrong", 422)
    except (DeviceNotFound, ClaimNotFound):
        return _page(grant_id)
    except MoveNotAllowed:
        return _page(grant_id, "not_now", 409)
    except Failure as refused:
        return _page(grant_id, refused.code if refused.code in _REFUSALS else "not_now", 409)
    return _page(grant_id, secret=secret)


def _add(work: ProvisioningUnitOfWork, grant_id: UUID) -> None:
    device_id = uuid5(grant_id, str(visit_of_form() or uuid4()))
    name = NewDevice(only=["name"]).load({"name": request.form.get("name", "")})["name"]
    add_device(
        work,
        commands.AddDevice(
            grant_id=grant_id, device_id=device_id, name=name, by=acting_name(), partner_id=acting_partner()
        ),
    )


def _remove(work: ProvisioningUnitOfWork, grant_id: UUID) -> None:
    remove_device(
        work,
        commands.RemoveDevice(
            grant_id=grant_id, device_id=_device_id(), by=acting_name(), partner_id=acting_partner()
        ),
    )


def _of_key(change: Callable[..., Grant], command: type[commands.ChangeKey]) -> Act:
    def act(work: ProvisioningUnitOfWork, grant_id: UUID) -> None:
        change(work, command(grant_id=grant_id, device_id=_device_id(), partner_id=acting_partner()))

    return act


def _claim(work: ProvisioningUnitOfWork, grant_id: UUID) -> str:
    """Return the secret; a second click on the same showing of the page gets another one in its place."""
    typed = {name: request.form.get(name, "") for name in ("name_prefix", "places", "valid_days")}
    wanted = ClaimOfForm().load(typed)
    command = commands.MakeClaim(
        grant_id=grant_id,
        claim_id=uuid5(grant_id, str(visit_of_form() or uuid4())),
        name_prefix=wanted["name_prefix"],
        places=wanted["places"],
        valid_hours=24 * wanted["valid_days"],
        by=acting_name(),
        partner_id=acting_partner(),
    )
    return make_claim(work, command)[2]


def _revoke_claim(work: ProvisioningUnitOfWork, grant_id: UUID) -> None:
    claim_id = _id_in_form("claim_id", ClaimNotFound)
    revoke_claim(
        work, commands.RevokeClaim(grant_id=grant_id, claim_id=claim_id, partner_id=acting_partner())
    )


_ACTS: Mapping[str, Act] = {
    "add": _add,
    "remove": _remove,
    "rotate": _of_key(rotate_key, commands.RotateKey),
    "end": _of_key(end_older_keys, commands.EndOlderKeys),
    "revoke": _of_key(revoke_key, commands.RevokeKey),
    "claim": _claim,
    "revoke-claim": _revoke_claim,
}


def _device_id() -> UUID:
    """Raises DeviceNotFound."""
    return _id_in_form("device_id", DeviceNotFound)


def _id_in_form(name: str, not_found: type[Exception]) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError as error:
        raise not_found from error


def _page(
    grant_id: UUID, refusal: str | None = None, status: int = 200, secret: str | None = None
) -> Response:
    grant = own_grant(grant_id)
    seen = devices_of(grant)
    if not seen["quota"]:
        raise GrantNotFound
    with current_service(ProvisioningService).open_work() as work:
        claims = claims_of(work, grant)
    return make_response(
        render_template(
            "devices.html",
            grant_id=grant_id,
            devices=seen["devices"],
            quota=seen["quota"],
            is_over=grant.intent is Intent.OFF,
            may_add=grant.is_usable and len(seen["devices"]) + 1 < seen["quota"],
            claims=claims,
            may_claim=grant.is_usable and seen["quota"] > 1,
            refusal=refusal,
            secret=secret,
            given=request.form if refusal else {},
            visit=uuid4(),
        ),
        status,
    )
