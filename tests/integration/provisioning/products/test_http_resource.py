"""A product behind an HTTP API by settings alone, on real HTTP: its whole life, cut off anywhere."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from marshmallow import ValidationError
from tests.integration.provisioning.products.helpdesk import TOKEN, Helpdesk
from tests.served import served
from tests.unit.provisioning.granting import order_for
from tests.unit.provisioning.one_step import Killed, OneStep

from chassis import failpoints
from chassis.failures import Kind
from provisioning.adapters.product_kinds import offered_products
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import Standing

LIFE = (Intent.ON, Intent.FROZEN, Intent.ON, Intent.OFF)
WANTED = {Intent.ON: "active", Intent.FROZEN: "suspended"}


def settings(url: str, secret_file: Path) -> dict[str, Any]:
    workspace = "/workspaces/{id}"
    return {
        "kind": "http",
        "url": f"{url}/api",
        "auth": {"secret_file": str(secret_file)},
        "timeout_seconds": 0.5,
        "parameters": {"seats": {"type": "integer", "least": 1, "most": 9}},
        "create": {
            "path": "/workspaces",
            "body": {"external_id": "{grant_id}", "seats": "{parameters.seats}", "name": "For {legal_name}"},
            "id": "id",
        },
        "find": {
            "path": "/workspaces?external_id={grant_id}",
            "id": "items[?external_id=='{grant_id}'] | [0].id",
        },
        "observe": {
            "path": workspace,
            "state": "status",
            "serving": ["active"],
            "frozen": ["suspended"],
            "under_way": ["building"],
        },
        "freeze": {"path": f"{workspace}/suspend"},
        "unfreeze": {"path": f"{workspace}/resume"},
        "delete": {"method": "DELETE", "path": workspace},
        "poll": {"state": "state", "done": ["done"], "failed": ["failed"], "id": "result.id"},
        "identifiers": {"workspace_url": "links.html"},
    }


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("secrets") / "helpdesk"
    file.write_text(f"{TOKEN}\n")
    return file


@pytest.fixture(params=[False, True], ids=["at once", "by tasks"])
def helpdesk(request: pytest.FixtureRequest) -> Helpdesk:
    return Helpdesk(is_slow=request.param)


@pytest.fixture
def url(helpdesk: Helpdesk) -> Iterator[str]:
    with served(helpdesk.app()) as url:
        yield url


@pytest.fixture
def workspace(url: str, secret_file: Path) -> OneStep:
    offered = offered_products({"helpdesk": settings(url, secret_file)})["helpdesk"]
    assert offered.parameters.validate({"seats": 5}) == {}
    [step] = offered.make_steps(None)  # type: ignore[arg-type]
    return OneStep(step, an_order())


def an_order() -> GrantOrder:
    return replace(order_for("crm"), product="helpdesk", parameters={"seats": 5})


def wanted(helpdesk: Helpdesk, workspace: OneStep, target: Intent) -> bool:
    due = [(str(workspace.order.grant_id), WANTED[target])] if target in WANTED else []
    return helpdesk.standing() == due


def test_its_whole_life(helpdesk: Helpdesk, workspace: OneStep) -> None:
    assert workspace.standing() is Standing.ABSENT
    for target in LIFE:
        for _ in range(2):
            workspace.bring(target)
            assert wanted(helpdesk, workspace, target)
        if target is Intent.ON:
            assert workspace.outputs["workspace_url"].startswith("https://helpdesk.example/ws ")
            [made] = helpdesk.workspaces.values()
            assert (made["seats"], made["name"]) == (5, f"For {workspace.order.legal_name}")


def test_a_worker_that_dies_after_any_answer_leaves_no_double_and_no_orphan(
    helpdesk: Helpdesk, workspace: OneStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed once at each call of a whole life, one call later in each life; of tasks at every other call."""
    step = workspace.step
    for killed_at in count(1, 2 if helpdesk.is_slow else 1):
        life, calls = OneStep(step, an_order()), count(1)

        def die(_: str, calls: Any = calls, killed_at: int = killed_at) -> None:
            if next(calls) == killed_at:
                raise Killed

        monkeypatch.setattr(failpoints, "reach", die)
        for target in LIFE:
            life.bring(target)
            assert wanted(helpdesk, life, target), f"{target} after a kill at call {killed_at}"
        if next(calls) <= killed_at:
            break
    assert killed_at > 10
    assert helpdesk.workspaces == {}


def test_leaving_while_it_is_made_leaves_nothing(helpdesk: Helpdesk, workspace: OneStep) -> None:
    workspace.attempt(Intent.ON)
    workspace.bring(Intent.OFF)
    assert helpdesk.workspaces == {}


def test_an_api_that_lists_everybodys_has_nobody_elses_taken_away(
    helpdesk: Helpdesk, workspace: OneStep
) -> None:
    helpdesk.knows_filters = False
    others = {"id": "1", "external_id": "another grant", "status": "active", "links": {"html": ""}}
    helpdesk.workspaces["1"] = others
    workspace.bring(Intent.ON)
    assert len(helpdesk.workspaces) == 2
    workspace.bring(Intent.OFF)
    assert helpdesk.workspaces == {"1": others}


def test_what_vanished_is_made_again(helpdesk: Helpdesk, workspace: OneStep) -> None:
    workspace.bring(Intent.ON)
    helpdesk.workspaces.clear()
    workspace.known = workspace.standing()
    workspace.bring(Intent.ON)
    assert wanted(helpdesk, workspace, Intent.ON)
    assert len(helpdesk.keys) == 2


ANSWERS = {
    "throttled": (Response('{"message": "slow down"}', 429, {"Retry-After": "30"}), Kind.THROTTLED),
    "ill": (Response("<h1>Bad gateway</h1>", 502), Kind.UNAVAILABLE),
    "denied": (Response('{"error": {"message": "not yours"}}', 403), Kind.DENIED),
    "large": (Response(b"x" * 2_000_000, 201), Kind.UNAVAILABLE),
}


@pytest.mark.parametrize("helpdesk", [False], indirect=True)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", ANSWERS)
def test_what_passes_is_tried_again(helpdesk: Helpdesk, workspace: OneStep, method: str, name: str) -> None:
    answer, kind = ANSWERS[name]
    helpdesk.answers.append((method, answer))
    outcome = workspace.attempt(Intent.ON)
    assert outcome
    assert (outcome.is_final, outcome.kind) == (False, kind)
    if name == "throttled":
        assert outcome.retry_after
        assert outcome.retry_after.total_seconds() == 30
    workspace.bring(Intent.ON)
    assert wanted(helpdesk, workspace, Intent.ON)


@pytest.mark.parametrize("helpdesk", [False], indirect=True)
def test_a_refusal_is_final_and_told_in_the_system_s_words_without_its_secret(
    helpdesk: Helpdesk, workspace: OneStep
) -> None:
    said = f'{{"detail": "No seats are left for {TOKEN}."}}'
    helpdesk.answers.append(("POST", Response(said, 422, {"Content-Type": "application/problem+json"})))
    outcome = workspace.attempt(Intent.ON)
    assert outcome
    assert outcome.is_final
    assert workspace.causes == ["helpdesk_refused: helpdesk answered 422: No seats are left for [personal]."]


@pytest.mark.parametrize("helpdesk", [False], indirect=True)
@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Response("", 307, {"Location": "http://127.0.0.2/api"}), "helpdesk_redirects"),
        (Response("", 202, {"Location": "http://127.0.0.2/steal"}), "helpdesk_foreign_host"),
    ],
    ids=["redirect", "task"],
)
def test_it_is_never_led_to_another_host(
    helpdesk: Helpdesk, workspace: OneStep, answer: Response, cause: str
) -> None:
    helpdesk.answers.append(("POST", answer))
    for _ in range(2):
        outcome = workspace.attempt(Intent.ON)
        if outcome and outcome.is_final:
            break
    assert workspace.causes[-1].startswith(cause)


@pytest.mark.parametrize("helpdesk", [True], indirect=True)
def test_a_task_that_fails_is_told_once_and_begun_anew_by_an_operator(
    helpdesk: Helpdesk, workspace: OneStep
) -> None:
    workspace.attempt(Intent.ON)
    failed = '{"state": "failed", "message": "Out of disks."}'
    helpdesk.answers.append(("GET", Response(failed, 200, {"Content-Type": "application/json"})))
    outcome = workspace.attempt(Intent.ON)
    assert outcome
    assert outcome.is_final
    assert workspace.causes[-1] == "helpdesk_failed: helpdesk could not do it: Out of disks."
    helpdesk.workspaces.clear()
    helpdesk.keys.clear()
    workspace.bring(Intent.ON)


@pytest.mark.parametrize("helpdesk", [False], indirect=True)
@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.2/steal", "{url}/api/workspaces", "{url}/api/workspaces/ws%201%20%C3%A4%3F"],
    ids=["foreign", "refused", "no state"],
)
def test_a_task_that_never_ends_keeps_nothing_on(
    helpdesk: Helpdesk, workspace: OneStep, url: str, address: str
) -> None:
    workspace.bring(Intent.ON)
    for target, due_to in ((Intent.FROZEN, "on"), (Intent.OFF, "on"), (Intent.OFF, "frozen")):
        workspace.outputs["task"] = {"for": due_to, "address": address.format(url=url)}
        workspace.bring(target)
        assert wanted(helpdesk, workspace, target)
        if target is Intent.OFF and due_to == "on":
            helpdesk.workspaces["ws 1 ä?"] = {"external_id": "again", "status": "active", "links": {}}


@pytest.mark.parametrize("helpdesk", [False], indirect=True)
def test_what_its_own_task_is_for_may_be_seen_before_the_task_ends(
    helpdesk: Helpdesk, workspace: OneStep, url: str
) -> None:
    workspace.bring(Intent.ON)
    [made] = helpdesk.workspaces.values()
    for target, status in ((Intent.FROZEN, "suspended"), (Intent.OFF, None)):
        workspace.outputs["task"] = {"for": target, "address": f"{url}/api/workspaces"}
        waiting = workspace.attempt(target)
        assert waiting
        assert not waiting.reaches(target), "it is there, and its task goes on"
        if status is None:
            helpdesk.workspaces.clear()
        else:
            made["status"] = status
        workspace.outputs["task"] = {"for": target, "address": f"{url}/api/workspaces"}
        workspace.bring(target)
        assert wanted(helpdesk, workspace, target)


@pytest.mark.parametrize("helpdesk", [False], indirect=True)
def test_what_is_not_seen_yet_or_cannot_be_deleted_yet_waits_for_its_task(
    helpdesk: Helpdesk, workspace: OneStep, url: str
) -> None:
    workspace.bring(Intent.ON)
    running = {"for": "on", "address": f"{url}/api/workspaces/ws%201%20%C3%A4%3F"}
    workspace.outputs["task"] = running
    helpdesk.answers.append(("DELETE", Response('{"detail": "Still building."}', 422)))
    refused = workspace.attempt(Intent.OFF)
    assert refused
    assert (refused.is_final, workspace.outputs["task"]) == (False, running)
    running["address"] = f"{url}/api/workspaces?external_id=x"
    helpdesk.workspaces.clear()
    unseen = workspace.attempt(Intent.OFF)
    assert unseen
    assert not unseen.reaches(Intent.OFF)


@pytest.mark.parametrize("helpdesk", [False], indirect=True)
def test_a_look_tells_what_others_changed(helpdesk: Helpdesk, workspace: OneStep) -> None:
    workspace.bring(Intent.ON)
    [made] = helpdesk.workspaces.values()
    made["status"] = "suspended"
    assert workspace.standing() is Standing.OFF
    made["status"] = "archived"
    seen = workspace.step.observe(workspace.order, workspace.outputs)
    [difference] = seen.differences
    assert (difference.code, difference.facts) == ("unexpected_state", {"state": "archived"})
    workspace.bring(Intent.ON)
    assert wanted(helpdesk, workspace, Intent.ON)


def test_every_wrong_setting_is_named(secret_file: Path) -> None:
    wrong = settings("http://helpdesk.example", secret_file / "nowhere")
    wrong["create"] |= {"path": "/w/{id}?mail={contact.email}", "body": {"a": ["{parameters.colour}"]}}
    wrong["find"]["id"] = "items[["
    wrong["observe"]["colour"] = "red"
    del wrong["unfreeze"]
    with pytest.raises(ValidationError) as refused:
        offered_products({"helpdesk": wrong, "Desk": {"kind": "http"}, "desk": {"kind": "ftp"}, "d": 1})
    told = refused.value.messages
    assert told.keys() == {"helpdesk", "Desk", "desk", "d"}
    assert told["helpdesk"].keys() == {"url", "auth", "find", "observe"}
    right = settings("https://helpdesk.example", secret_file)
    everybodys = {
        **right,
        "find": {**right["find"], "id": "items[0].id"},
        "identifiers": {"task": "links.task"},
    }
    with pytest.raises(ValidationError) as refused:
        offered_products({"helpdesk": everybodys})
    assert refused.value.messages["helpdesk"].keys() == {"find", "identifiers"}
    right |= {"create": {**right["create"], **wrong["create"]}, "unfreeze": None}
    with pytest.raises(ValidationError) as refused:
        offered_products({"helpdesk": right})
    told = refused.value.messages["helpdesk"]
    assert told.keys() == {"create.path", "create.body", "unfreeze"}
    assert "{contact.email}, {id}" in told["create.path"][0]
    assert "{parameters.colour}" in told["create.body"][0]
