"""What a declared product leaves outside without a grant is found by a sweep, and removed, on real HTTP."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Response
from marshmallow import ValidationError
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.products.broker import (
    LARGE,
    PASSWORD,
    SERVICE,
    SMALL,
    STOPPED,
    USER,
    DatabaseBroker,
)
from tests.integration.provisioning.products.helpdesk import TOKEN, Helpdesk
from tests.integration.provisioning.products.test_http_resource import settings
from tests.served import served
from tests.unit.provisioning.fake_outside import FakeOutside

from provisioning.adapters.inventories import inventories
from provisioning.adapters.outside import Outside
from provisioning.adapters.product_kinds import offered_products
from provisioning.adapters.swept_products import SweptProducts
from provisioning.domain.findings import Finding, FindingState, ThingKind
from provisioning.handlers.commands import RemoveFinding, RunSweep
from provisioning.handlers.findings import remove_finding
from provisioning.handlers.ports import Inventory
from provisioning.handlers.sweep_outside import run_sweep

pytestmark = pytest.mark.passes_on_grown_values
LISTED = {"path": "/workspaces", "items": "items", "id": "id", "grant_id": "external_id", "next": "next"}


@pytest.fixture
def helpdesk() -> Helpdesk:
    return Helpdesk()


@pytest.fixture(params=[True, False], ids=["retrievable", "blind"])
def broker(request: pytest.FixtureRequest) -> DatabaseBroker:
    return DatabaseBroker(is_retrievable=request.param)


@pytest.fixture
def swept() -> dict[ThingKind, Inventory]:
    return {}


@pytest.fixture
def provisioning(
    database_url: str,
    helpdesk: Helpdesk,
    broker: DatabaseBroker,
    tmp_path: Path,
    swept: dict[ThingKind, Inventory],
) -> Iterator[ProvisioningOnPostgres]:
    secrets = {"helpdesk": TOKEN, "broker": PASSWORD}
    for name, secret in secrets.items():
        (tmp_path / name).write_text(secret)
    with served(helpdesk.app()) as helpdesk_url, served(broker.app()) as broker_url:
        products = {
            "helpdesk": {**settings(helpdesk_url, tmp_path / "helpdesk"), "list": LISTED},
            "databases": {
                "kind": "open_service_broker",
                "url": broker_url,
                "auth": {"user": USER, "secret_file": str(tmp_path / "broker")},
                "service_id": SERVICE,
                "frozen_plan_id": STOPPED,
            },
        }
        due = {"only_if_wanted": False, "required": False}
        parameters = {"helpdesk": {"seats": 3}, "databases": {"plan_id": SMALL, "parameters": {}}}
        entries = [{"product": name, **due, "parameters": told} for name, told in parameters.items()]
        file = tmp_path / "catalogue.yaml"
        file.write_text(json.dumps({"version": "1", "products": products, "entries": entries}))
        environ = {"CATALOGUE_FILE": str(file), "STEP_PATIENCE_SECONDS": "30"}
        with provisioning_on(database_url, None, FakeOutside(), environ, swept) as made:
            outside, offered = Outside(made.service.settings.outside), made.service.settings.offered
            every = inventories(outside, offered, ever_asked_of(made), lambda **_: None)
            swept[ThingKind.PRODUCT_RESOURCE] = every[ThingKind.PRODUCT_RESOURCE]
            yield made


def ever_asked_of(made: ProvisioningOnPostgres):
    def ever_asked(product, **which):
        with made.service.open_work() as work:
            return work.findings.ever_asked(product, **which)

    return ever_asked


def sweep(provisioning: ProvisioningOnPostgres, *left_out: str) -> dict[str, Finding]:
    """Two sweeps, an hour apart; what was found for whom. No product is ``left_out`` but these."""
    for _ in range(2):
        with provisioning.service.open_work() as work:
            work.connection.execute(
                text("UPDATE findings SET first_seen_at = first_seen_at - :past"),
                {"past": timedelta(hours=1)},
            )
            run_sweep(work, RunSweep())
        for _ in range(100):
            provisioning.service.sweep_outside()
            with provisioning.service.open_work() as work:
                work.connection.execute(text("UPDATE sweeps SET next_at = NULL WHERE ended_at IS NULL"))
                last = work.sweeps.last()
            assert last is not None
            if last.ended_at is not None:
                break
        ours = [name for name in last.left_out if name.startswith(ThingKind.PRODUCT_RESOURCE)]
        assert ours == [f"{ThingKind.PRODUCT_RESOURCE}:{product}" for product in left_out]
    with provisioning.service.open_work() as work:
        found = work.findings.page(None, ThingKind.PRODUCT_RESOURCE, None, 100)
    return {finding.label: finding for finding in found}


def remove(provisioning: ProvisioningOnPostgres, finding: Finding) -> FindingState:
    why = {"by": "amara", "reason": "Left behind."}
    which = {"finding_id": finding.finding_id, "although_owner_unknown": finding.partner_id is None}
    with provisioning.service.open_work() as work:
        remove_finding(work, RemoveFinding(**which, **why))
    provisioning.service.remove_from_outside(finding.finding_id)
    with provisioning.service.open_work() as work:
        seen = work.findings.get(finding.finding_id)
    assert seen is not None
    return seen.state


def test_what_no_grant_answers_for_is_found_and_removed(
    provisioning: ProvisioningOnPostgres, helpdesk: Helpdesk, broker: DatabaseBroker
) -> None:
    staying, leaving = provisioning.plan(), provisioning.plan()
    provisioning.work_off()
    for name in ("theirs", "before our time"):
        helpdesk.workspaces[name] = {"id": name, "external_id": name, "status": "active", "links": {}}
    kept = (dict(helpdesk.workspaces), dict(broker.instances))
    assert sweep(provisioning) == {}

    provisioning.hear("offboarding_started", {"partner_id": str(leaving)})
    provisioning.work_off()
    assert len(broker.instances) == len(kept[1]) - 1
    # The outside did late what was asked for long ago.
    helpdesk.workspaces.update(kept[0])
    broker.instances.update(kept[1])
    found = sweep(provisioning)
    assert {(one.product, one.partner_id, one.state) for one in found.values()} == {
        ("helpdesk", leaving, FindingState.OPEN),
        ("databases", leaving, FindingState.OPEN),
    }
    for finding in found.values():
        assert remove(provisioning, finding) is FindingState.REMOVED
    assert {one["external_id"] for one in helpdesk.workspaces.values()} == {
        str(provisioning.grant(staying, "helpdesk").grant_id),
        "theirs",
        "before our time",
    }
    assert list(broker.instances) == [provisioning.grant(staying, "databases").outputs["instance_id"]]


@pytest.mark.parametrize("status", [400, 500], ids=["blind for good", "down for the whole sweep"])
def test_a_broker_that_cannot_be_asked_leaves_out_its_own_product_only(
    provisioning: ProvisioningOnPostgres, helpdesk: Helpdesk, broker: DatabaseBroker, status: int
) -> None:
    leaving = provisioning.plan()
    provisioning.work_off()
    kept = (dict(helpdesk.workspaces), dict(broker.instances))
    provisioning.hear("offboarding_started", {"partner_id": str(leaving)})
    provisioning.work_off()
    helpdesk.workspaces.update(kept[0])
    broker.instances.update(kept[1])
    found = sweep(provisioning)
    assert sorted(one.product for one in found.values()) == ["databases", "helpdesk"]
    helpdesk.workspaces.clear()
    broker.answers.extend(("GET", Response("{}", status), False) for _ in range(200))
    states = {one.product: one.state for one in sweep(provisioning, "databases").values()}
    assert states == {"databases": FindingState.OPEN, "helpdesk": FindingState.GONE}
    with provisioning.service.open_work() as work:
        last = work.sweeps.last()
    assert last is not None
    assert str(status) in last.left_out[f"{ThingKind.PRODUCT_RESOURCE}:databases"].message


def test_an_instance_that_another_one_took_the_place_of_is_an_orphan(
    provisioning: ProvisioningOnPostgres, broker: DatabaseBroker
) -> None:
    broker.answers.append(("PUT", Response("{}", 500), True))
    partner_id = provisioning.plan()
    provisioning.work_off()
    first, second = broker.ids_used
    assert list(broker.instances) == [second]
    broker.instances[first] = {**broker.instances[second], "plan_id": LARGE}
    found = sweep(provisioning)
    assert {name: one.grant_id for name, one in found.items()} == {
        first: provisioning.grant(partner_id, "databases").grant_id
    }
    assert remove(provisioning, found[first]) is FindingState.REMOVED
    assert list(broker.instances) == [second]


def test_what_was_made_for_a_grant_that_nobody_knows_is_nobodys(
    provisioning: ProvisioningOnPostgres, helpdesk: Helpdesk
) -> None:
    helpdesk.workspaces["ws"] = {"id": "ws", "external_id": str(uuid4()), "status": "active", "links": {}}
    [finding] = sweep(provisioning).values()
    assert (finding.partner_id, finding.state) == (None, FindingState.OPEN)


def test_what_a_page_lists_twice_is_one_finding(
    provisioning: ProvisioningOnPostgres, helpdesk: Helpdesk
) -> None:
    ws = {"id": "ws", "external_id": str(uuid4()), "status": "active", "links": {}}
    helpdesk.workspaces |= {"ws": ws, "again": ws}
    assert list(sweep(provisioning)) == ["ws"]


def test_what_can_be_asked_for_no_more_is_neither_gone_nor_removed(
    provisioning: ProvisioningOnPostgres, helpdesk: Helpdesk, swept: dict[ThingKind, Inventory]
) -> None:
    """The catalogue lost the product, or how it is listed."""
    helpdesk.workspaces["ws"] = {"id": "ws", "external_id": str(uuid4()), "status": "active", "links": {}}
    sweep(provisioning)
    swept[ThingKind.PRODUCT_RESOURCE] = SweptProducts({})
    [finding] = sweep(provisioning).values()
    assert finding.state is FindingState.OPEN
    assert remove(provisioning, finding) is FindingState.OPEN
    with provisioning.service.open_work() as work:
        seen = work.findings.get(finding.finding_id)
    assert seen is not None
    assert seen.cause is not None
    assert seen.cause.code == "product_not_listed"


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"list": {**LISTED, "path": "/workspaces?of={partner_id}"}}, "list.path"),
        ({"list": LISTED, "observe": {"path": "/of/{slug}/{id}"}}, "observe.path"),
        ({"list": LISTED, "delete": {"path": "/{id}", "body": {"for": "{legal_name}"}}}, "delete.body"),
        ({"list": {**LISTED, "id": "a["}}, "list"),
    ],
    ids=["list", "observe", "delete", "path"],
)
def test_what_cannot_be_swept_is_refused_at_the_start(
    wrong: dict[str, object], place: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(TOKEN)
    with pytest.raises(ValidationError) as refused:
        offered_products({"helpdesk": {**settings("https://helpdesk.example", secret), **wrong}})
    assert place in str(refused.value)
