"""Jobs whose work is not done, from the command line and the console."""

import re
from html import unescape
from uuid import uuid4

import pytest
from tests.integration.operators.conftest import CommandLine, ConsoleBrowser, Services, ops_token

from chassis.database.failed_jobs import OFTEN

WHOSE = ("--service", "provisioning")
WHY = ("--reason", "It was mended.")


def failed(
    services: Services, task: str, *, status: str = "failed", times: int = 1, lock: str | None = None
) -> int:
    """A job of provisioning that failed so often; its number."""
    with services.provisioning.service.database.begin() as work:
        job: int = work.connection.exec_driver_sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, attempts)"
            " VALUES ('default', %s, %s, jsonb_build_object('grant_id', %s::text), %s, %s) RETURNING id",
            (task, lock, str(uuid4()), status, times),
        ).scalar_one()
        work.connection.exec_driver_sql(
            "INSERT INTO job_failures (job_id, times, code, message) VALUES (%s, %s, 'refused', %s)",
            (job, times, "Refused for good."),
        )
    return job


def jobs(services: Services) -> list[tuple[str, str, int]]:
    with services.provisioning.service.database.begin() as work:
        found = work.connection.exec_driver_sql(
            "SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id"
        )
        return [tuple(row) for row in found]


def test_jobs_that_are_not_done_are_listed_with_the_cause(gangway: CommandLine, services: Services) -> None:
    """Not those of which another one does the work, nor those that failed now and then."""
    lost = failed(services, "advance_grant")
    vain = failed(services, "delete_results", status="todo", times=OFTEN)
    failed(services, "delete_results", status="todo", times=OFTEN - 1)
    failed(services, "make_rounds", lock="make_rounds")
    told = gangway.tells("jobs", "list")
    assert [(one["service"], one["job"], one["state"]) for one in told] == [
        ("provisioning", lost, "failed"),
        ("provisioning", vain, "retrying"),
    ]
    assert told[0]["code"] == "refused"
    assert told[0]["arguments"].keys() == {"grant_id"}
    assert "Refused for good." in gangway.says("jobs", "list", "--task", "advance_grant", *WHOSE)
    assert gangway.says("jobs", "list", "--task", "other") == "No job has failed.\n"
    assert "failed jobs" in gangway.says("waiting")
    [line] = [line for line in gangway.tells("waiting", *WHOSE) if line["kind"] == "failed_jobs"]
    assert (line["count"], line["oldest_at"]) == (2, told[0]["since"])


def test_one_is_tried_again_with_all_its_attempts(gangway: CommandLine, services: Services) -> None:
    job = failed(services, "advance_grant", times=2_880)
    again = ("jobs", "retry", "--job", str(job), *WHOSE, *WHY)
    viewer = {"GANGWAY_OPS_TOKEN": ops_token("viewer")}
    assert "lacks the role" in gangway.fails(*again, **viewer)
    assert gangway.says(*again) == "1 jobs of provisioning are tried again.\n"
    assert jobs(services) == [("advance_grant", "todo", 0)]
    assert gangway.says("jobs", "list") == "No job has failed.\n"
    assert "This is no failed job" in gangway.fails(*again)
    [entry] = gangway.tells("audit", "list", *WHOSE)
    assert (entry["action"], entry["target"], entry["outcome"]) == ("retry jobs", f"job {job}", "done: 1")


def test_all_of_one_task_are_settled_and_what_runs_is_left_alone(
    gangway: CommandLine, services: Services
) -> None:
    """Of those under one queueing lock one is left, which does the same."""
    for _ in range(2):
        failed(services, "advance_grant", lock="grant/1")
    failed(services, "advance_grant", lock="grant/2")
    failed(services, "advance_grant", status="doing", times=OFTEN)
    failed(services, "delete_results")
    task = ("--task", "advance_grant", *WHOSE, *WHY)
    assert gangway.tells("jobs", "retry", *task) == {"jobs": 3, "has_more": False}
    assert sorted(jobs(services)) == [
        ("advance_grant", "doing", OFTEN),
        *[("advance_grant", "todo", 0)] * 2,
        ("delete_results", "failed", 1),
    ]
    discard = ("jobs", "discard", "--task", "delete_results", *WHOSE, *WHY)
    assert gangway.tells(*discard) == {"jobs": 1, "has_more": False}
    assert gangway.tells(*discard) == {"jobs": 0, "has_more": False}
    assert "Name a job or a task" in gangway.fails("jobs", "discard", *WHOSE, *WHY)


@pytest.mark.parametrize(
    ("path", "missing"), [("failed-jobs/retry", "/job"), ("dead-letters/discard", "/all")]
)
def test_all_that_is_wrong_is_named(services: Services, path: str, missing: str) -> None:
    for body, wrong in (({}, {missing, "/reason"}), ({"reason": ""}, {missing, "/reason"}), ([], {""})):
        answer = services.onboarding.post(f"/v1/{path}", body, ops_token("operator"))
        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json["errors"]} == wrong


def test_the_console_shows_and_settles_them(console: ConsoleBrowser, services: Services) -> None:
    lost = failed(services, "advance_grant")
    failed(services, "delete_results")
    assert "Failed jobs" in console.shows("/")
    page = console.shows("/events/jobs", headers={"Accept-Language": "de"})
    assert "Gescheiterte Aufträge" in page
    retry, _ = re.findall(r'href="([^"]+/retry-jobs\?[^"]+)"', page)
    assert f"job={lost}" in retry
    assert "advance_grant" in console.shows(unescape(retry))
    assert console.post(unescape(retry), reason="Mended.").status_code == 303
    assert jobs(services) == [("delete_results", "failed", 1), ("advance_grant", "todo", 0)]
    assert console.post(unescape(retry), reason="Twice.").status_code == 409
    [all_of, _] = re.findall(
        r'href="([^"]+/discard-jobs\?[^"]+)"', console.shows("/events/jobs?task=delete_results")
    )
    assert console.post(unescape(all_of), reason="By hand.").status_code == 303
    assert "No failed jobs." in console.shows("/events/jobs")
    assert console.get("/events/jobs/provisioning/retry-jobs").status_code == 404
