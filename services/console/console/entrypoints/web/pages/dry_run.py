"""What today's files would give: to a profile to try, or to a partner; and the change for the partner."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import ask_together, operator
from console.entrypoints.web.partner_acts import TIERS
from console.entrypoints.web.words import plainly, word
from operator_client.http import OperatorsFailure
from operator_client.operations import values
from operator_client.operator import Facts

pages = Blueprint("dry_run", __name__, template_folder="templates")
_TRIAL = "GET /v1/catalogue/plan"
_PREVIEW = "GET /v1/partners/{partner_id}/plan-preview"


@pages.get("/dry-run")
def try_profile() -> str:
    """Products, parameters and learning paths of a profile, each with the entry that decides."""
    asked = operator()
    catalogue = asked.ask("GET /v1/catalogue")
    offered = list(dict.fromkeys(entry["product"] for entry in catalogue["entries"]))
    types, all_competences = values(_TRIAL, "partner_type"), values(_TRIAL, "competences")
    tier, partner_type = _one_of("tier", TIERS), _one_of("type", types)
    competences, wanted = _several_of("competence", all_competences), _several_of("wants", offered)
    plan: Facts | None = None
    paths: Facts | None = None
    failures: Mapping[str, OperatorsFailure] = {}
    if tier and partner_type:
        profile: dict[str, Any] = {"tier": tier, "partner_type": partner_type}
        plan = asked.ask(_TRIAL, **profile, competences=competences, products_wanted=wanted)
        profile["products"] = [one["product"] for one in plan["products"]]
        row = "GET /v1/learning-paths/plan"
        answers = ask_together({"notifications": lambda: asked.ask(row, **profile)})
        paths, failures = answers.found.get("notifications"), answers.failures
    return render_template(
        "dry_run.html",
        tiers=TIERS,
        types=types,
        all_competences=all_competences,
        offered=offered,
        profile={"tier": tier, "type": partner_type, "competences": competences, "wants": wanted},
        entries=catalogue["entries"],
        rule=_rule,
        plan=plan,
        paths=paths,
        failures=failures,
    )


@pages.get("/partners/<uuid:partner_id>/plan")
def show(partner_id: UUID) -> str:
    """What today's catalogue, or another tier, would change for the partner."""
    asked, tier = operator(), _one_of("tier", TIERS)
    return render_template(
        "plan.html",
        partner=asked.partner(str(partner_id)),
        preview=asked.ask(_PREVIEW, partner_id=partner_id, tier=tier),
        change=_change,
        tiers=TIERS,
        tier=tier,
    )


def _one_of(name: str, known: Sequence[str]) -> str | None:
    found = request.args.get(name)
    return found if found in known else None


def _several_of(name: str, known: Sequence[str]) -> list[str]:
    return [value for value in known if value in request.args.getlist(name)]


def _rule(entry: Facts) -> str:
    """Whom an entry of the catalogue is for."""
    lists = (("tiers", "tier"), ("partner_types", "type"), ("competences", "competence"))
    told = [", ".join(word(kind, value) for value in entry[name]) for name, kind in lists if entry[name]]
    if entry["only_if_wanted"]:
        told.append(translate("plan-if-wanted"))
    return " · ".join(told) or translate("plan-for-all")


def _change(difference: Facts) -> str:
    """What happens to a grant, and what prevents changing it in place."""
    told = [
        f"{one['name']}: {plainly(one['before']) or '–'} → {plainly(one['after']) or '–'}"  # noqa: RUF001
        for one in difference["changes"]
    ]
    held = difference["held_up_by"]
    return "; ".join([*told, *([translate("plan-held-up", names=", ".join(held))] if held else [])])


def _describe(partner_id: UUID, preview_id: str) -> Target:
    """The present differences; if they change before the act, it is refused."""
    asked = operator()
    partner, preview = asked.partner(str(partner_id)), asked.ask(_PREVIEW, partner_id=partner_id)
    differences = "; ".join(
        f"{word('product', one['product'])}: {word('difference', one['kind'])}"
        for one in preview["differences"]
    )
    return Target(
        title=partner["company"]["legal_name"],
        back=url_for("one_partner.show", partner_id=partner_id),
        facts=[("plan-differences", differences), ("plan-preview", preview_id)],
    )


add_acts(
    pages,
    "/partners/<uuid:partner_id>/plan/<preview_id>",
    _describe,
    Act("change-plan", "POST /v1/partners/{partner_id}/plan-change", at="change", is_grave=True),
)
