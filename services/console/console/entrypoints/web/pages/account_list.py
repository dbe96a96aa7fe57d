"""The accounts of sandboxes and their pool, and what may be done to one that no grant has."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Field, Target, add_act, facts_of
from console.entrypoints.web.asking import operator
from operator_client.accounts import Accounts
from operator_client.operator import Facts, Operator

pages = Blueprint("account_list", __name__, template_folder="templates")
STATES = (
    "making",
    "available",
    "leased",
    "frozen",
    "cleaning",
    "cooling",
    "quarantined",
    "closing",
    "closed",
    "ejected",
)
ON_A_PAGE = 50


@pages.get("/accounts")
def show() -> str:
    """All of them, or those in one state, or those that wait for us, below the figures of the pool."""
    wanted = request.args.get("state")
    state = wanted if wanted in STATES else None
    stuck = "true" if request.args.get("stuck") == "true" else None
    asked = Accounts(operator().http)
    page = asked.page(state=state, stuck=stuck, limit=ON_A_PAGE, cursor=request.args.get("cursor"))
    return render_template(
        "accounts.html",
        accounts=page["accounts"],
        next_cursor=page["next_cursor"],
        state=state,
        stuck=stuck,
        states=STATES,
        pool=asked.pool(),
        acts=[name for name, *_ in _ACTS],
    )


def describe(account_key: UUID) -> Target:
    """The account as it stands now."""
    wanted = str(account_key)
    account = next((one for one in Accounts(operator().http).listed() if one["account_key"] == wanted), None)
    if account is None:
        abort(404)
    return Target(
        title=account["account_id"] or wanted,
        back=url_for("account_list.show"),
        facts=facts_of(("grant-cause", account["message"])),
    )


def _performing(act: Callable[[Accounts, str, str], Facts]) -> Callable[..., Facts]:
    def perform(asked: Operator, given: Mapping[str, Any], account_key: UUID) -> Facts:
        return act(Accounts(asked.http), str(account_key), given["reason"])

    return perform


_ACTS: tuple[tuple[str, Callable[[Accounts, str, str], Facts], str, bool], ...] = (
    ("quarantine-account", Accounts.quarantine, "quarantine", False),
    ("release-account", Accounts.release, "release", False),
    ("eject-account", Accounts.eject, "ejection", True),
    ("close-account", Accounts.close, "closing", True),
)
for name, act, path, is_grave in _ACTS:
    add_act(
        pages,
        f"/accounts/<uuid:account_key>/{name}",
        Act(
            name,
            describe,
            _performing(act),
            f"POST /v1/accounts/{{account_key}}/{path}",
            "provisioning",
            is_grave=is_grave,
        ),
    )


def _describe_pool() -> Target:
    return Target(title=translate("accounts-title"), back=url_for("account_list.show"))


def _register(asked: Operator, given: Mapping[str, Any]) -> Facts:
    return Accounts(asked.http).register(given["account_id"], given["reason"])


def _begin_maintenance(asked: Operator, given: Mapping[str, Any]) -> Facts:
    return Accounts(asked.http).begin_maintenance(given["reason"])


def _end_maintenance(asked: Operator, given: Mapping[str, Any]) -> Facts:
    return Accounts(asked.http).end_maintenance(given["reason"])


POOL_ACTS = (
    Act(
        "register-account",
        _describe_pool,
        _register,
        "POST /v1/accounts",
        "provisioning",
        fields=(Field("account_id"),),
        is_grave=True,
    ),
    Act("begin-maintenance", _describe_pool, _begin_maintenance, "POST /v1/maintenance", "provisioning"),
    Act("end-maintenance", _describe_pool, _end_maintenance, "POST /v1/maintenance/end", "provisioning"),
)
for of_pool in POOL_ACTS:
    add_act(pages, f"/accounts/{of_pool.name}", of_pool)
