"""Vendors and teams that receive events: silent webhooks, people, and shutting one off."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import YES_OR_NO, Act, Asked, Target, add_acts, may
from console.entrypoints.web.asking import known_service, operator, page, services
from operator_client.operator import Facts, Operator

pages = Blueprint("integrator_list", __name__, template_folder="templates")
SERVICE = "integrations"
_ONE = "/v1/integrators/{integrator_id}"


@pages.get("/integrators")
def show() -> str:
    """The silent ones first, then all by name."""
    asked = _asked()
    return render_template(
        "integrators.html", silent=_silent(asked), integrators=list(asked.all("GET /v1/integrators"))
    )


@pages.get("/integrators/<uuid:integrator_id>")
def show_one(integrator_id: UUID) -> str:
    """Its rights, its tokens, and its people, if the operator may see people."""
    asked = _asked()
    known: dict[str, Any] = {"integrator_id": integrator_id}
    people = list(asked.all(f"GET {_ONE}/people", **known)) if may("remove-person") else None
    return render_template(
        "integrator.html",
        integrator=asked.ask(f"GET {_ONE}", **known),
        silent=[one for one in _silent(asked) if one["integrator_id"] == str(integrator_id)],
        tokens=list(asked.all(f"GET {_ONE}/tokens", **known)),
        consents=page(f"GET {_ONE}/consents", **known),
        people=people,
    )


def _silent(asked: Operator) -> list[Facts]:
    return list(asked.all("GET /v1/silent-endpoints"))


def has_integrators() -> bool:
    """Whether this deployment has the service."""
    return SERVICE in services()


def _asked() -> Operator:
    """These pages do not exist without the service."""
    known_service(SERVICE)
    return operator()


def _describe(integrator_id: UUID, **_: UUID) -> Target:
    found = _asked().ask(f"GET {_ONE}", integrator_id=integrator_id)
    return Target(found["name"], url_for("integrator_list.show_one", integrator_id=integrator_id))


def _describe_token(integrator_id: UUID, token_id: UUID) -> Target:
    about = _describe(integrator_id)
    return Target(about.title, about.back, [("fact-token", str(token_id))])


def _describe_person(integrator_id: UUID, person_id: UUID) -> Target:
    about = _describe(integrator_id)
    return Target(about.title, about.back, [("fact-person", str(person_id))])


def _all_unless_named(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"types": given.get("types")}


def _partners(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"partners": {"rule": given["partners"], "values": given.get("values", [])}}


def _asking(given: Mapping[str, Any]) -> dict[str, Any]:
    purpose = {"de": given["purpose_de"], "en": given["purpose_en"]}
    return {"partners": {"rule": "consented", "values": []}, "purpose": purpose}


# The fact that shows each right.
_RIGHTS = {
    "sees_personal": "fact-personal-fields",
    "uses_kafka": "fact-uses-kafka",
    "verifies_endpoints": "fact-verifies-endpoints",
}


def _rights(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] == "yes" for name in _RIGHTS}


def _describe_rights(integrator_id: UUID) -> Target:
    """The present rights: a change sets all of them."""
    found = _asked().ask(f"GET {_ONE}", integrator_id=integrator_id)
    facts = [(fact, translate("yes" if found[name] else "no")) for name, fact in _RIGHTS.items()]
    return Target(found["name"], url_for("integrator_list.show_one", integrator_id=integrator_id), facts)


def _show_token(issued: Facts, integrator_id: UUID) -> tuple[str, int]:
    """Shown only once; reloading the page creates another one instead."""
    return render_template("new_token.html", token=issued["token"], integrator_id=integrator_id), 201


_AT = "/integrators/<uuid:integrator_id>"
add_acts(
    pages,
    "/integrators",
    lambda: Target(translate("integrators-title"), url_for("integrator_list.show")),
    Act("add-integrator", "POST /v1/integrators", ("name", "types"), at="add"),
)
add_acts(
    pages,
    _AT,
    _describe,
    Act("shut-off", f"POST {_ONE}/scope", is_grave=True, adds=lambda _: {"types": []}),
    Act("open-scope", f"POST {_ONE}/scope", ("types",), at="open", adds=_all_unless_named),
    Act(
        "change-partners",
        f"POST {_ONE}/scope",
        (
            Asked("partners", values=("all", "tiers", "products", "named")),
            Asked("values", "array", is_required=False),
        ),
        at="partners",
        adds=_partners,
    ),
    Act(
        "ask-partners",
        f"POST {_ONE}/scope",
        (Asked("purpose_de"), Asked("purpose_en")),
        at="consent",
        adds=_asking,
    ),
    Act(
        "end-integrator",
        f"POST {_ONE}/removal",
        at="end",
        is_grave=True,
        follow=lambda integrator_id: url_for("integrator_list.show"),
    ),
    Act("issue-token", f"POST {_ONE}/tokens", (Asked("label"),), at="tokens/issue", answer=_show_token),
    Act("add-person", f"POST {_ONE}/people", ("language", "name", "email"), at="people/add"),
)
add_acts(
    pages,
    _AT,
    _describe_rights,
    Act(
        "change-rights",
        f"POST {_ONE}/scope",
        [Asked(name, values=YES_OR_NO) for name in _RIGHTS],
        at="rights",
        adds=_rights,
    ),
)
add_acts(
    pages,
    f"{_AT}/tokens/<uuid:token_id>",
    _describe_token,
    Act("revoke-token", f"POST {_ONE}/tokens/{{token_id}}/revocation", at="revoke"),
)
add_acts(
    pages,
    f"{_AT}/people/<uuid:person_id>",
    _describe_person,
    Act("remove-person", f"POST {_ONE}/people/{{person_id}}/removal", at="remove"),
)
