"""API: the accounts of sandboxes and their pool; maintenance."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.operating.audited import acts_on, note_own_act
from chassis.operating.http_schemas import StatedReason
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.account_states import AccountState
from provisioning.entrypoints.web.api import schemas_of_accounts
from provisioning.entrypoints.web.api.views_of_accounts import accounts_seen
from provisioning.handlers import commands
from provisioning.handlers.accounts import act_on_account, register_account
from provisioning.handlers.maintenance import begin_maintenance, end_maintenance

api = ApiBlueprint("pooling", __name__, description="Accounts of sandboxes, their pool, maintenance")

Body = dict[str, Any]
_act = acts_on(api, "/v1/accounts/<uuid:account_key>", schemas_of_accounts.AccountSeen, status=202)


@api.get("/v1/accounts")
@api.arguments(schemas_of_accounts.AccountSearch, location="query")
@api.response(200, schemas_of_accounts.AccountPage)
def list_accounts(query: Body) -> Body:
    """List sandbox accounts, including closed ones."""
    with current_service(ProvisioningService).open_work() as work:
        page = work.accounts.page(
            query.get("state"), query.get("cursor"), query["limit"], only_stuck="stuck" in query
        )
        told = accounts_seen(work, page)
    is_full = len(page) == query["limit"]
    return {"accounts": told, "next_cursor": str(page[-1].account_key) if is_full else None}


@api.post("/v1/accounts")
@api.arguments(schemas_of_accounts.AccountToRegister)
@idempotent
@api.response(202, schemas_of_accounts.AccountSeen)
def register_one_account(work: ProvisioningUnitOfWork, body: Body) -> tuple[Body, int]:
    """Register an account in one of our units, to be emptied and used; 409 if already known."""
    account = register_account(work, commands.RegisterAccount(**body, by=current_principal().name))
    note_own_act(work, "register account", account.account_key, body["reason"])
    return accounts_seen(work, [account])[0], 202


@_act("quarantine", "quarantine account")
def quarantine_one_account(work: ProvisioningUnitOfWork, body: Body, account_key: UUID) -> Body:
    """Quarantine an account, with everything denied; 409 while a grant uses it."""
    return _done(work, body, account_key, commands.QuarantineAccount)


@_act("release", "release account")
def release_one_account(work: ProvisioningUnitOfWork, body: Body, account_key: UUID) -> Body:
    """Release an account from quarantine, emptied and cooled down; or retry a stuck one."""
    return _done(work, body, account_key, commands.ReleaseAccount)


@_act("ejection", "eject account")
def eject_one_account(work: ProvisioningUnitOfWork, body: Body, account_key: UUID) -> Body:
    """Eject an account from our units, open and as it is; it is no longer managed."""
    return _done(work, body, account_key, commands.EjectAccount)


@_act("closing", "close account")
def close_one_account(work: ProvisioningUnitOfWork, body: Body, account_key: UUID) -> Body:
    """Close an account as soon as AWS's limit allows; 409 while a grant uses it."""
    return _done(work, body, account_key, commands.CloseAccount)


@api.get("/v1/pool")
@api.response(200, schemas_of_accounts.PoolSeen)
def show_pool() -> Body:
    """Show the account pool: how many are where, how long the ready ones last, closings left."""
    with current_service(ProvisioningService).open_work() as work:
        return _pool_in(work)


@api.post("/v1/maintenance")
@api.arguments(StatedReason)
@idempotent
@api.response(200, schemas_of_accounts.PoolSeen)
def begin_one_maintenance(work: ProvisioningUnitOfWork, body: Body) -> Body:
    """Begin maintenance: nothing new starts; what stops access or cost goes on. 409 if begun."""
    begin_maintenance(work, commands.BeginMaintenance(by=current_principal().name, reason=body["reason"]))
    note_own_act(work, "begin maintenance", "provisioning", body["reason"])
    return _pool_in(work)


@api.post("/v1/maintenance/end")
@api.arguments(StatedReason)
@idempotent
@api.response(200, schemas_of_accounts.PoolSeen)
def end_one_maintenance(work: ProvisioningUnitOfWork, body: Body) -> Body:
    """End maintenance; 409 if there is none."""
    end_maintenance(work, commands.EndMaintenance())
    note_own_act(work, "end maintenance", "provisioning", body["reason"])
    return _pool_in(work)


def _done(
    work: ProvisioningUnitOfWork, body: Body, account_key: UUID, command: type[commands.ActOnAccount]
) -> Body:
    by = current_principal().name
    account = act_on_account(work, command(account_key=account_key, by=by, reason=body["reason"]))
    return accounts_seen(work, [account])[0]


def _pool_in(work: ProvisioningUnitOfWork) -> Body:
    now, terms = work.now(), work.policies.pool
    figures, maintenance = work.accounts.figures(terms, now), work.maintenance.under_way()
    return {
        "size": terms.size,
        "after_use": "reuse" if terms.reuses else "close",
        "accounts": {str(state): figures.counts.get(state, 0) for state in AccountState},
        "stuck": figures.stuck,
        "leased_in_7_days": figures.leased_lately,
        "back_in_24_hours": figures.back_within_day,
        "lasts_days": figures.lasts_days,
        "closings_allowed": figures.closing.allowed,
        "closings_left": figures.closing.left(now),
        "next_closing_at": figures.closing.free_at(now),
        "maintenance": maintenance and vars(maintenance),
    }
