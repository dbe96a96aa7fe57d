"""The console knows every value that the services' APIs may answer with, and every act's row of the roles."""

from functools import cache
from typing import Any

import pytest
from tests.contracts.services import service

from chassis.http.access import read_access
from chassis.translations import LANGUAGES, Translations
from console.bootstrap import WORDS
from console.entrypoints.web.acts import ACTS_BY_NAME
from console.entrypoints.web.navigation import GROUPS
from console.entrypoints.web.pages import (
    account_list,
    dry_run,
    find_partners,
    finding_list,
    grant_list,
    imports,
    numbers,
)
from console.entrypoints.web.pages.home import EVENTS, TASKS
from console.entrypoints.web.partner_acts import CORRECTABLE, MOVES, TIERS
from local_stack.settings import REPOSITORY
from notifications.domain import invitations, messages
from notifications.domain.learning_paths import Audience
from onboarding.adapters.repositories.figures import NAMES
from onboarding.domain.likeness import Trait
from onboarding.domain.moves import Move
from operator_client.access import SERVICES


@cache
def document(name: str) -> dict[str, Any]:
    """The OpenAPI document of a service."""
    found: dict[str, Any] = service(name).create_web_app().test_client().get("/openapi.json").json
    return found


def values(name: str, schema: str, field: str) -> list[str]:
    told = document(name)["components"]["schemas"][schema]["properties"][field]
    found = told.get("enum") or told["items"]["enum"]
    return [value for value in found if value is not None]


def parameter(name: str, path: str, wanted: str) -> list[str]:
    [told] = [one for one in document(name)["paths"][path]["get"]["parameters"] if one.get("name") == wanted]
    return [value for value in told["schema"]["enum"] if value is not None]


def test_choices_are_those_of_the_services() -> None:
    assert sorted(find_partners.STATES) == sorted(parameter("onboarding", "/v1/partners", "state"))
    assert sorted(grant_list.STATES) == sorted(parameter("provisioning", "/v1/grants", "state"))
    assert sorted(finding_list.STATES) == sorted(parameter("provisioning", "/v1/findings", "state"))
    assert sorted(grant_list.FROZEN_FOR) == sorted(parameter("provisioning", "/v1/grants", "frozen_for"))
    assert sorted(account_list.STATES) == sorted(parameter("provisioning", "/v1/accounts", "state"))
    assert list(TIERS) == values("onboarding", "Approval", "tier")
    assert sorted(CORRECTABLE) == sorted(values("onboarding", "CorrectionRequest", "fields"))
    assert list(dry_run.TYPES) == parameter("provisioning", "/v1/catalogue/plan", "partner_type")
    [asked] = [
        one
        for one in document("provisioning")["paths"]["/v1/catalogue/plan"]["get"]["parameters"]
        if one.get("name") == "competences"
    ]
    assert list(dry_run.COMPETENCES) == asked["schema"]["items"]["enum"]
    assert MOVES.keys() <= {str(move) for move in Move}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_has_its_word(language: str) -> None:
    words = Translations(WORDS / "pages")
    kinds = {
        "state": find_partners.STATES,
        "grant": grant_list.STATES,
        "tier": TIERS,
        "field": CORRECTABLE,
        "type": values("onboarding", "Application", "partner_type"),
        "product": values("onboarding", "Application", "products_wanted"),
        "mail": [str(kind) for kind in messages.Kind],
        "message": [str(state) for state in messages.State],
        "invitation": [str(state) for state in invitations.State],
        "standing": values("provisioning", "StepOfGrant", "standing"),
        "frozen-for": values("provisioning", "GrantSeen", "frozen_for"),
        "finding": finding_list.STATES,
        "account": account_list.STATES,
        "device": values("provisioning", "DeviceSeen", "state"),
        "claim": values("provisioning", "ClaimSeen", "state"),
        "grants": grant_list.TICKED,
        "nav-group": list(GROUPS),
        "nav": ["home", *(way for ways in GROUPS.values() for way in ways)],
        "thing": parameter("provisioning", "/v1/findings", "kind"),
        "trait": [str(trait) for trait in Trait],
        "waiting": [*TASKS, *EVENTS],
        "act": list(ACTS_BY_NAME),
        "reached": NAMES,
        "lasts": numbers.COLUMNS["stages"][3:],
        "competence": dry_run.COMPETENCES,
        "difference": values("provisioning", "DifferenceOfPlan", "kind"),
        "audience": [str(audience) for audience in Audience],
    }
    for kind, found in kinds.items():
        for value in found:
            assert words.text(language, f"{kind}-{value.replace('_', '-')}")
    for name, act in ACTS_BY_NAME.items():
        for part in ("effects", "reader", "done"):
            assert words.text(language, f"act-{name}.{part}")
        if act.choice is not None:
            assert words.text(language, f"act-choose-{act.choice.name}")
            assert words.text(language, f"act-missing-{act.choice.name}")
            for value in act.choice.values:
                assert words.text(language, f"{act.choice.words}-{value.replace('_', '-')}")
        for field in act.fields:
            assert words.text(language, f"act-field-{field.name}")
            assert words.text(language, f"act-missing-{field.name}")


def test_home_shows_just_what_the_services_count() -> None:
    counted = {(name, kind) for name in SERVICES for kind in service(name).waiting}
    assert {(name, kind) for kind, (name, _, _) in TASKS.items()} == counted


def test_every_act_has_its_row_in_the_table_of_roles() -> None:
    tables = {name: read_access(REPOSITORY / "contracts", name) for name in SERVICES}
    for act in ACTS_BY_NAME.values():
        for name in [act.service] if act.service else SERVICES:
            assert tables[name][act.needs].role, f"{act.name}: {act.needs} of {name}"


# What operators may do and the console has no act for, each with its reason.
NOT_IN_THE_CONSOLE = {
    imports.NEEDS: "done from the page of a file, step by step",
    "GET /v1/integrators/{integrator_id}/people": "a page shows it, without an act",
}


def test_whatever_an_operator_may_do_has_its_act_in_the_console() -> None:
    tables = {name: read_access(REPOSITORY / "contracts", name) for name in SERVICES}
    wanted = {
        endpoint
        for table in tables.values()
        for endpoint, access in table.items()
        if access.role in {"reviewer", "operator", "admin"}
    }
    assert wanted - {act.needs for act in ACTS_BY_NAME.values()} - NOT_IN_THE_CONSOLE.keys() == set()
    assert wanted >= NOT_IN_THE_CONSOLE.keys()
