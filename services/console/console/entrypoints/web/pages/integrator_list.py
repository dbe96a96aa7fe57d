"""Vendors and teams that get events: whose webhooks are silent, who signs in, and shutting one off."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, url_for

from chassis.http.languages import translate
from chassis.translations import LANGUAGES
from console.entrypoints.web.acts import Act, Choice, Field, Target, add_act, facts_of, may
from console.entrypoints.web.asking import operator, services
from operator_client.integrators import Integrators
from operator_client.operator import Facts, Operator

pages = Blueprint("integrator_list", __name__, template_folder="templates")
SERVICE = "integrations"


@pages.get("/integrators")
def show() -> str:
    """The silent ones first, then all by name."""
    asked = _asked(operator())
    return render_template("integrators.html", silent=asked.silent(), integrators=list(asked.all()))


@pages.get("/integrators/<uuid:integrator_id>")
def show_one(integrator_id: UUID) -> str:
    """What it may see, its tokens, and its people for whom may see people."""
    asked, wanted = _asked(operator()), str(integrator_id)
    return render_template(
        "integrator.html",
        integrator=asked.one(wanted),
        silent=[one for one in asked.silent() if one["integrator_id"] == wanted],
        tokens=asked.tokens(wanted),
        people=asked.people(wanted) if may("remove-person") else None,
    )


def has_integrators() -> bool:
    """Whether this deployment has the service."""
    return SERVICE in services()


def _asked(given: Operator) -> Integrators:
    """Without the service there are no such pages."""
    if not has_integrators():
        abort(404)
    return Integrators(given.http)


def _describe(integrator_id: UUID, **_: UUID) -> Target:
    found = _asked(operator()).one(str(integrator_id))
    return Target(found["name"], url_for("integrator_list.show_one", integrator_id=integrator_id))


def _describe_token(integrator_id: UUID, token_id: UUID) -> Target:
    about = _describe(integrator_id)
    return Target(about.title, about.back, facts_of(("fact-token", str(token_id))))


def _describe_person(integrator_id: UUID, person_id: UUID) -> Target:
    about = _describe(integrator_id)
    return Target(about.title, about.back, facts_of(("fact-person", str(person_id))))


def _shut_off(asked: Operator, given: Mapping[str, Any], integrator_id: UUID) -> Facts:
    return _asked(asked).change_scope(str(integrator_id), given["reason"], types=[])


def _open(asked: Operator, given: Mapping[str, Any], integrator_id: UUID) -> Facts:
    types = _listed(given["types"]) or None
    return _asked(asked).change_scope(str(integrator_id), given["reason"], types=types)


def _choose_partners(asked: Operator, given: Mapping[str, Any], integrator_id: UUID) -> Facts:
    partners = {"rule": given["rule"], "values": _listed(given["values"])}
    return _asked(asked).change_scope(str(integrator_id), given["reason"], partners=partners)


def _listed(typed: str) -> list[str]:
    return typed.replace(",", " ").split()


def _end(asked: Operator, given: Mapping[str, Any], integrator_id: UUID) -> Facts:
    return _asked(asked).remove(str(integrator_id), given["reason"])


def _add(asked: Operator, given: Mapping[str, Any]) -> Facts:
    types = _listed(given["types"]) or None
    return _asked(asked).add(given["name"], types, sees_personal=False, reason=given["reason"])


def _revoke(asked: Operator, given: Mapping[str, Any], integrator_id: UUID, token_id: UUID) -> Facts:
    return _asked(asked).revoke_token(str(integrator_id), str(token_id), given["reason"])


def _remove(asked: Operator, given: Mapping[str, Any], integrator_id: UUID, person_id: UUID) -> Facts:
    return _asked(asked).remove_person(str(integrator_id), str(person_id), given["reason"])


def _add_person(asked: Operator, given: Mapping[str, Any], integrator_id: UUID) -> Facts:
    who = (given["name"], given["email"], given["language"])
    return _asked(asked).add_person(str(integrator_id), *who, given["reason"])


def _issue_token(asked: Operator, given: Mapping[str, Any], integrator_id: UUID) -> Facts:
    return _asked(asked).issue_token(str(integrator_id), given["label"], given["reason"])


def _show_token(issued: Facts, integrator_id: UUID) -> tuple[str, int]:
    """This once; who reloads the page is given another one in its place."""
    return render_template("new_token.html", token=issued["token"], integrator_id=integrator_id), 201


_ONE = "/integrators/<uuid:integrator_id>"
_API = "POST /v1/integrators/{integrator_id}"
_TYPES = Field("types", is_required=False)
for rule, act in {
    f"{_ONE}/shut-off": Act("shut-off", _describe, _shut_off, f"{_API}/scope", SERVICE, is_grave=True),
    f"{_ONE}/open": Act("open-scope", _describe, _open, f"{_API}/scope", SERVICE, fields=(_TYPES,)),
    f"{_ONE}/partners": Act(
        "choose-partners",
        _describe,
        _choose_partners,
        f"{_API}/scope",
        SERVICE,
        choice=Choice("rule", "partners", ("all", "tiers", "products", "named")),
        fields=(Field("values", is_required=False),),
    ),
    f"{_ONE}/end": Act(
        "end-integrator",
        _describe,
        _end,
        f"{_API}/removal",
        SERVICE,
        is_grave=True,
        follow=lambda integrator_id: url_for("integrator_list.show"),
    ),
    "/integrators/add": Act(
        "add-integrator",
        lambda: Target(translate("integrators-title"), url_for("integrator_list.show")),
        _add,
        "POST /v1/integrators",
        SERVICE,
        fields=(Field("name"), _TYPES),
    ),
    f"{_ONE}/tokens/issue": Act(
        "issue-token",
        _describe,
        _issue_token,
        f"{_API}/tokens",
        SERVICE,
        fields=(Field("label"),),
        answer=_show_token,
    ),
    f"{_ONE}/people/add": Act(
        "add-person",
        _describe,
        _add_person,
        f"{_API}/people",
        SERVICE,
        choice=Choice("language", "language", tuple(LANGUAGES)),
        fields=(Field("name"), Field("email")),
    ),
    f"{_ONE}/tokens/<uuid:token_id>/revoke": Act(
        "revoke-token", _describe_token, _revoke, f"{_API}/tokens/{{token_id}}/revocation", SERVICE
    ),
    f"{_ONE}/people/<uuid:person_id>/remove": Act(
        "remove-person", _describe_person, _remove, f"{_API}/people/{{person_id}}/removal", SERVICE
    ),
}.items():
    add_act(pages, rule, act)
