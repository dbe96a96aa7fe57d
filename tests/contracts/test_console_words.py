"""The console knows every value that the services' APIs may answer with, and every act's row of the roles."""

import pytest
from tests.contracts.operations import document
from tests.contracts.services import service

from chassis.http.access import read_access
from chassis.running.waiting import IN_EVERY_SERVICE
from chassis.translations import LANGUAGES, Translations
from console.bootstrap import WORDS
from console.entrypoints.web.acts import ACTS_BY_NAME
from console.entrypoints.web.navigation import GROUPS
from console.entrypoints.web.pages import grant_list, imports, numbers
from console.entrypoints.web.pages.home import EVENTS, TASKS
from console.entrypoints.web.partner_acts import MOVES, TIERS
from local_stack.settings import REPOSITORY
from notifications.domain import invitations, messages
from notifications.domain.learning_paths import Audience
from onboarding.adapters.repositories.figures import NAMES
from onboarding.domain.likeness import Trait
from onboarding.domain.moves import Move
from operator_client.access import SERVICES
from operator_client.operations import values


def told_by(name: str, schema: str, field: str) -> list[str]:
    told = document(name)["components"]["schemas"][schema]["properties"][field]
    found = told.get("enum") or told["items"]["enum"]
    return [value for value in found if value is not None]


def test_moves_are_those_of_onboarding() -> None:
    assert MOVES.keys() <= {str(move) for move in Move}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_has_its_word(language: str) -> None:
    words = Translations(WORDS / "pages")
    kinds = {
        "state": values("GET /v1/partners", "state"),
        "grant": values("GET /v1/grants", "state"),
        "tier": TIERS,
        "type": told_by("onboarding", "Application", "partner_type"),
        "product": told_by("onboarding", "Application", "products_wanted"),
        "mail": [str(kind) for kind in messages.Kind],
        "message": [str(state) for state in messages.State],
        "invitation": [str(state) for state in invitations.State],
        "standing": told_by("provisioning", "StepOfGrant", "standing"),
        "frozen-for": told_by("provisioning", "GrantSeen", "frozen_for"),
        "finding": values("GET /v1/findings", "state"),
        "account": values("GET /v1/accounts", "state"),
        "device": told_by("provisioning", "DeviceSeen", "state"),
        "claim": told_by("provisioning", "ClaimSeen", "state"),
        "grants": grant_list.TICKED,
        "nav-group": list(GROUPS),
        "nav": ["home", *(way for ways in GROUPS.values() for way in ways)],
        "thing": values("GET /v1/findings", "kind"),
        "trait": [str(trait) for trait in Trait],
        "waiting": [*TASKS, *EVENTS],
        "act": list(ACTS_BY_NAME),
        "reached": NAMES,
        "lasts": numbers.COLUMNS["stages"][3:],
        "competence": values("GET /v1/catalogue/plan", "competences"),
        "difference": told_by("provisioning", "DifferenceOfPlan", "kind"),
        "audience": [str(audience) for audience in Audience],
    }
    for kind, found in kinds.items():
        for value in found:
            assert words.text(language, f"{kind}-{value.replace('_', '-')}")
    for name, act in ACTS_BY_NAME.items():
        for part in ("effects", "reader", "done"):
            assert words.text(language, f"act-{name}.{part}")
        for field in act.fields:
            how = "choose" if field.values else "field"
            assert words.text(language, f"act-{how}-{field.name}")
            assert words.text(language, f"act-missing-{field.name}")
            for value in field.values:
                assert words.text(language, f"{field.words}-{value.replace('_', '-')}")


def test_home_shows_just_what_the_services_count() -> None:
    counted = {(name, kind) for name in SERVICES for kind in service(name).waiting}
    assert {(name, kind) for kind, (name, _, _) in TASKS.items()} == counted
    assert EVENTS.keys() == IN_EVERY_SERVICE.keys()


def test_every_act_has_its_row_in_the_table_of_roles() -> None:
    tables = {name: read_access(REPOSITORY / "contracts", name) for name in SERVICES}
    for act in ACTS_BY_NAME.values():
        for name in [act.service] if act.service else SERVICES:
            assert tables[name][act.row].role, f"{act.name}: {act.row} of {name}"


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
    assert wanted - {act.row for act in ACTS_BY_NAME.values()} - NOT_IN_THE_CONSOLE.keys() == set()
    assert wanted >= NOT_IN_THE_CONSOLE.keys()


@pytest.mark.parametrize(("language", "told"), [("en", "1 day."), ("de", "1 Tag.")])
def test_a_pool_that_lasts_one_day_is_told_in_the_singular(language: str, told: str) -> None:
    assert Translations(WORDS / "pages").text(language, "pool-lasts", days=1.0).endswith(told)
