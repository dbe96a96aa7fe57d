"""A product by Open Service Broker, on real HTTP against `openbrokerapi`: its life, cut off anywhere."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Response
from tests.integration.provisioning.products.broker import (
    LARGE,
    PASSWORD,
    SERVICE,
    SMALL,
    STOPPED,
    USER,
    DatabaseBroker,
)
from tests.served import served
from tests.unit.provisioning.granting import order_for
from tests.unit.provisioning.one_step import Killed, OneStep

from chassis import failpoints
from provisioning.adapters.product_kinds import offered_products
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import Standing
from provisioning.handlers.ports import Step

LIFE = (Intent.ON, Intent.FROZEN, Intent.ON, Intent.OFF)
PLANS = {Intent.ON: [SMALL], Intent.FROZEN: [STOPPED], Intent.OFF: []}
KINDS = {
    "at once": (False, True),
    "async": (True, True),
    "blind": (False, False),
    "async blind": (True, False),
}
at_once = pytest.mark.parametrize("broker", ["at once"], indirect=True)
by_operations = pytest.mark.parametrize("broker", ["async", "async blind"], indirect=True)


@pytest.fixture(params=KINDS)
def broker(request: pytest.FixtureRequest) -> DatabaseBroker:
    is_async, is_retrievable = KINDS[request.param]
    return DatabaseBroker(is_async=is_async, is_retrievable=is_retrievable)


@pytest.fixture
def step(broker: DatabaseBroker, tmp_path: Path) -> Iterator[Step]:
    secret_file = tmp_path / "broker"
    secret_file.write_text(PASSWORD)
    with served(broker.app()) as url:
        said = {
            "kind": "open_service_broker",
            "url": url,
            "auth": {"user": USER, "secret_file": str(secret_file)},
            "service_id": SERVICE,
            "frozen_plan_id": STOPPED,
            "timeout_seconds": 1,
        }
        offered = offered_products({"database": said})["database"]
        assert offered.parameters.validate(an_order().parameters) == {}
        assert offered.parameters.validate({"plan_id": STOPPED, "parameters": {}}).keys() == {"plan_id"}
        [made] = offered.make_steps(None)  # type: ignore[arg-type]
        yield made


@pytest.fixture
def database(step: Step) -> OneStep:
    return OneStep(step, an_order())


def an_order() -> GrantOrder:
    parameters = {"plan_id": SMALL, "parameters": {"encoding": "UTF8"}}
    return replace(order_for("crm"), product="database", parameters=parameters)


def test_its_whole_life(broker: DatabaseBroker, database: OneStep) -> None:
    assert database.standing() is Standing.ABSENT
    for target in LIFE:
        for _ in range(2):
            database.bring(target)
            assert broker.plans() == PLANS[target]
    assert database.outputs["dashboard_url"] == f"https://databases.example/{broker.ids_used[0]}"
    assert len(broker.ids_used) == 1
    changes = [told for call, told in broker.calls if not call.startswith("GET")]
    assert {told["value"]["user_id"] for told in changes} == {str(database.order.partner_id)}


@pytest.mark.parametrize(
    ("broker", "error"),
    [
        ("at once", Killed()),
        ("async", Killed()),
        ("blind", httpx.ReadTimeout("lost")),
        ("async blind", httpx.ReadTimeout("lost")),
    ],
    indirect=["broker"],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_a_worker_that_dies_after_any_answer_leaves_no_double_and_no_orphan(
    broker: DatabaseBroker, step: Step, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once at each call of a whole life, one call later in each life; or its connection breaks there.

    Of operations at every other call.
    """
    for cut_at in count(1, 2 if broker.is_async else 1):
        life, calls = OneStep(step, an_order()), count(1)

        def cut(_: str, calls: Any = calls, cut_at: int = cut_at) -> None:
            if next(calls) == cut_at:
                raise error

        monkeypatch.setattr(failpoints, "reach", cut)
        for target in LIFE:
            life.bring(target)
            assert broker.plans() == PLANS[target], f"{target} after a cut at call {cut_at}"
        if next(calls) <= cut_at:
            break
    assert cut_at > 6


def answer(status: int, body: str = "{}") -> Response:
    return Response(body, status, {"Content-Type": "application/json"})


ORPHANS = {
    "201 malformed": answer(201, '"made"'),
    "201 no JSON": answer(201, "<p>made</p>"),
    "202 malformed": answer(202, '{"operation": 7}'),
    "204": answer(204, ""),
    "500": answer(500, '{"description": "Broken on the way"}'),
    "503": answer(503),
}
NO_ORPHANS = {
    "200 malformed": answer(200, '"made"'),
    "408": answer(408),
    "409": answer(409),
    "422 busy": answer(422, '{"error": "ConcurrencyError"}'),
    "429": answer(429),
}


@at_once
@pytest.mark.parametrize("name", [*ORPHANS, *NO_ORPHANS])
def test_orphans_are_taken_away_as_the_specification_s_table_says(
    broker: DatabaseBroker, database: OneStep, name: str
) -> None:
    """The work is done and the answer is another one: what may be an orphan goes, what is none is kept."""
    is_orphan = name in ORPHANS
    broker.answers.append(("PUT", {**ORPHANS, **NO_ORPHANS}[name], True))
    outcome = database.attempt(Intent.ON)
    assert outcome
    assert not outcome.is_final
    [first] = broker.instances
    database.bring(Intent.ON)
    assert list(broker.instances) == [database.outputs["instance_id"]]
    assert (database.outputs["instance_id"] != first) is is_orphan
    taken_away = [told for call, told in broker.calls if call.startswith("DELETE")]
    assert taken_away == [None] * is_orphan, "nobody asked for it"


@at_once
def test_an_orphan_is_taken_away_until_the_broker_says_that_it_is(
    broker: DatabaseBroker, database: OneStep
) -> None:
    broker.answers.append(("PUT", answer(500, '{"description": "Broken on the way"}'), True))
    broker.answers += [("DELETE", answer(status), False) for status in (500, 429, 204)]
    database.bring(Intent.ON)
    assert broker.plans() == [SMALL]
    assert database.causes[0] == "database_unavailable: database answered 500: Broken on the way"
    broker.answers.append(("PUT", answer(500), True))
    other = OneStep(database.step, an_order())
    other.attempt(Intent.ON)
    other.bring(Intent.OFF)
    assert broker.plans() == [SMALL], "who leaves leaves no orphan either"


@by_operations
def test_what_fails_on_the_way_is_an_orphan_and_made_anew(broker: DatabaseBroker, database: OneStep) -> None:
    broker.failures.append("provision")
    database.attempt(Intent.ON)
    [half_made] = broker.instances
    database.bring(Intent.ON)
    assert list(broker.instances) == [database.outputs["instance_id"]] != [half_made]
    assert any("The disks are full" in cause for cause in database.causes)


@by_operations
def test_what_cannot_be_taken_away_is_taken_away_again(broker: DatabaseBroker, database: OneStep) -> None:
    database.bring(Intent.ON)
    broker.failures.append("deprovision")
    database.bring(Intent.OFF)
    assert broker.instances == {}


@by_operations
def test_leaving_while_it_is_made_leaves_nothing(broker: DatabaseBroker, database: OneStep) -> None:
    database.attempt(Intent.ON)
    database.bring(Intent.OFF)
    assert broker.instances == {}


@at_once
def test_what_vanished_gets_another_id(broker: DatabaseBroker, database: OneStep) -> None:
    database.bring(Intent.ON)
    broker.instances.clear()
    database.known = database.standing()
    database.bring(Intent.ON)
    assert len(set(broker.ids_used)) == 2
    assert list(broker.instances) == broker.ids_used[1:]


@at_once
def test_another_plan_is_told_and_put_right(broker: DatabaseBroker, database: OneStep) -> None:
    database.bring(Intent.ON)
    broker.instances[broker.ids_used[0]]["plan_id"] = LARGE
    assert database.standing() is Standing.DIFFERS
    database.known = Standing.DIFFERS
    database.bring(Intent.ON)
    assert broker.plans() == [SMALL]


@at_once
def test_a_refusal_is_final_and_told_in_the_broker_s_words(broker: DatabaseBroker, database: OneStep) -> None:
    broker.answers.append(("PUT", answer(400, f'{{"description": "No such size, {PASSWORD}"}}'), False))
    outcome = database.attempt(Intent.ON)
    assert outcome
    assert outcome.is_final
    assert database.causes == ["database_refused: database answered 400: No such size, [personal]"]
    assert broker.ids_used == []


@at_once
def test_an_update_that_makes_no_sense_again_is_not_repeated(
    broker: DatabaseBroker, database: OneStep
) -> None:
    database.bring(Intent.ON)
    refusal = '{"description": "Not from this plan", "update_repeatable": false}'
    broker.answers.append(("PATCH", answer(500, refusal), False))
    outcome = database.attempt(Intent.FROZEN)
    assert outcome
    assert outcome.is_final
    assert "Not from this plan" in database.causes[-1]


def test_without_a_plan_for_it_nothing_is_said_to_be_switched_off(
    broker: DatabaseBroker, database: OneStep
) -> None:
    database.step._frozen_plan_id = None  # type: ignore[attr-defined]
    database.bring(Intent.ON)
    outcome = database.attempt(Intent.FROZEN)
    assert outcome
    assert outcome.is_final
    assert broker.plans() == [SMALL]


@at_once
def test_a_service_that_the_broker_does_not_have_is_named(broker: DatabaseBroker, database: OneStep) -> None:
    broker.answers.append(("GET", answer(200, '{"services": []}'), False))
    outcome = database.attempt(Intent.ON)
    assert outcome
    assert outcome.is_final
    assert database.causes == [f"database_no_service: The broker of database has no service {SERVICE}."]
