"""Sandbox accounts and their pool, and what can be done to an account without a grant."""

from uuid import UUID

from flask import Blueprint, render_template, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import chosen, one_in, operator, page
from operator_client.operations import values

pages = Blueprint("account_list", __name__, template_folder="templates")
_ALL = "GET /v1/accounts"


@pages.get("/accounts")
def show() -> str:
    """All of them, those in one state, or those that need us, below the numbers of the pool."""
    wanted = {"state": chosen(_ALL, "state"), "stuck": chosen(_ALL, "stuck")}
    return render_template(
        "accounts.html",
        **page(_ALL, **wanted),
        **wanted,
        states=values(_ALL, "state"),
        pool=operator().ask("GET /v1/pool"),
        acts=[act.name for act in _ACTS],
    )


def describe(account_key: UUID) -> Target:
    """The account in its present state."""
    account = one_in(_ALL, "account_key", account_key)
    return Target(
        title=account["account_id"] or str(account_key),
        back=url_for("account_list.show"),
        facts=[("grant-cause", account["message"])],
    )


def _describe_pool() -> Target:
    return Target(title=translate("accounts-title"), back=url_for("account_list.show"))


_ONE = "POST /v1/accounts/{account_key}"
_ACTS = (
    Act("quarantine-account", f"{_ONE}/quarantine"),
    Act("release-account", f"{_ONE}/release"),
    Act("eject-account", f"{_ONE}/ejection", is_grave=True),
    Act("close-account", f"{_ONE}/closing", is_grave=True),
)
add_acts(pages, "/accounts/<uuid:account_key>", describe, *_ACTS)
add_acts(
    pages,
    "/accounts",
    _describe_pool,
    Act("register-account", "POST /v1/accounts", ("account_id",), is_grave=True),
    Act("begin-maintenance", "POST /v1/maintenance"),
    Act("end-maintenance", "POST /v1/maintenance/end"),
)
