"""Services of other versions, and what is none: the command line says so, and shows the others."""

import json
from typing import Any

import pytest
from tests.integration.operators.conftest import CommandLine, Services
from tests.integration.operators.test_job_commands import failed
from tests.served import served
from werkzeug.wrappers import Response


def answering(status: int, body: Any) -> Any:
    kind = "application/json" if status == 200 else "application/problem+json"
    return Response(json.dumps(body), status, content_type=kind)


OLDER = {
    "no such list": answering(404, {"title": "Not Found", "code": "not_found"}),
    "no such filter": answering(
        422,
        {
            "title": "No",
            "detail": "1 value is wrong.",
            "errors": [{"parameter": "task", "detail": "Unknown field."}],
        },
    ),
}


@pytest.mark.parametrize("how", OLDER)
def test_an_older_service_ends_no_list_of_all(gangway: CommandLine, services: Services, how: str) -> None:
    failed(services, "advance_grant")
    with served(OLDER[how]) as older:
        told = gangway("jobs", "list", "--task", "advance_grant", GANGWAY_NOTIFICATIONS_URL=older)
        audit = gangway("audit", "list", "--action", "x", GANGWAY_NOTIFICATIONS_URL=older)
    assert told.exit_code == audit.exit_code == 1
    assert "Refused for good." in told.stdout
    for one in (told, audit):
        assert one.stderr.startswith("Error: notifications: ")
        assert ("older version" in one.stderr) is (how == "no such list")
    assert audit.stdout == "none\n"


@pytest.mark.usefixtures("services")
def test_what_all_services_refuse_alike_is_told_once(gangway: CommandLine) -> None:
    for command in (("jobs", "list", "--task", "x" * 201), ("audit", "list", "--actor", "x" * 201)):
        told = gangway(*command)
        assert told.exit_code == 1
        assert told.stderr.count("Length must be between") == 1


LISTS = (
    *(("waiting",), ("audit", "list"), ("jobs", "list"), ("dead-letters", "list"), ("lanes", "list")),
    *(("proposals", "list"), ("positions", "list"), ("partners", "list"), ("grants", "list")),
    *(("messages", "failed"), ("integrators", "list"), ("accounts", "list"), ("requests", "list")),
    *(("partners", "show", "01a20482-6f60-7b5c-8a5e-1f2d3c4b5a69"), ("accounts", "pool")),
    *(("reviews", "limits"), ("sweeps", "show"), ("spend",)),
)
LIKE_ONE = {
    "next_cursor": None,
    **dict.fromkeys(("company", "state", "contact", "products", "partner_id"), 7),
}


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
@pytest.mark.parametrize("member", [{"kind": 5}, {"id": None, "at": "yesterday"}], ids=["little", "odd"])
def test_what_cannot_be_understood_ends_in_a_sentence(
    gangway: CommandLine, command: tuple[str, ...], member: dict[str, Any]
) -> None:
    """As of a proxy that answers for a service, or of a much older one."""
    names = (
        *("waiting", "actions", "jobs", "dead_letters", "lanes", "proposals", "positions", "partners"),
        *("grants", "messages", "integrators", "accounts", "requests", "spend", "sweeps", "limits"),
    )
    with served(answering(200, {**LIKE_ONE, **{key: [member] for key in names}})) as odd:
        urls = {
            f"GANGWAY_{name}_URL": odd
            for name in ("ONBOARDING", "PROVISIONING", "NOTIFICATIONS", "INTEGRATIONS")
        }
        told = gangway(*command, **urls)
    assert told.exception is None or isinstance(told.exception, SystemExit), repr(told.exception)
    assert told.exit_code in {0, 1}
    assert told.exit_code == 0 or told.stderr.startswith("Error: ")
