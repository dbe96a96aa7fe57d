"""Logs: one JSON object a line, by route, with ids and without secrets."""

import json
import logging
import sys
import threading
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from chassis.telemetry.logs import configure_logging

pytestmark = pytest.mark.usefixtures("restored_logging")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_has_origin_and_context(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(service="example", process="worker")
    with structlog.contextvars.bound_contextvars(subject="p-1"):
        structlog.stdlib.get_logger("here").info("mail sent", kind="welcome")
    logging.getLogger("a.library").warning("says %s", "something")
    ours, theirs = lines(capsys)
    assert ours["event"] == "mail sent"
    assert (ours["service"], ours["process"], ours["subject"]) == ("example", "worker", "p-1")
    assert (theirs["event"], theirs["level"]) == ("says something", "warning")
    assert "subject" not in theirs


def test_requests_are_logged_by_route_never_by_path(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(service="example", process="web")
    traceparent = f"00-{'a' * 32}-{'b' * 16}-01"
    client.post("/links/secret-token?q=secret-query", headers={"traceparent": traceparent})
    client.get("/unknown/secret-path")
    opened, unknown = lines(capsys)
    assert opened["route"] == "/links/<token>"
    assert opened["trace_id"] == "a" * 32
    assert opened["status"] == 200
    assert unknown["route"] == "(none)"
    assert "secret" not in json.dumps([opened, unknown])


def test_errors_are_logged_with_their_cause_by_route(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(service="example", process="web")
    answer = client.post("/v1/failures/secret-path")
    error, access = lines(capsys)
    assert error["event"] == "unhandled error on /v1/failures/<kind>"
    assert error["exception"][0]["exc_type"] == "RuntimeError"
    assert error["request_id"] == access["request_id"] == answer.headers["X-Request-Id"]
    assert "secret-path" not in json.dumps([error, access])


ASKED = "GET https://crm.example/v2/Users?filter=userName+eq+%22zo%C3%AB%40m%C3%BChle.example%22"
TOLD = "zo\u00eb@m\u00fchle.example"
REFUSED = "refused\nDETAIL:  Failing row contains (Zo\u00eb)."


@pytest.mark.parametrize(
    "library", ["httpx", "httpcore", "urllib3.connectionpool", "botocore.parsers", "kafka"]
)
@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_libraries_do_not_write_down_what_they_send(
    library: str, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(service="example", process="worker", level=level)
    logging.getLogger(library).info(ASKED)
    logging.getLogger(library).debug(ASKED)
    assert lines(capsys) == []


@pytest.mark.parametrize("form", ["json", "text"])
def test_what_tells_about_a_person_is_taken_out_of_every_part(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(service="example", process="worker", form=form)
    log = structlog.stdlib.get_logger("here")
    logging.getLogger("a.library").warning("%s", ASKED)
    log.info(
        "to zo\u00eb@m\u00fchle.example",
        cause="zo\u00eb=40m=C3=BChle.example",
        more=[{"zo\u00eb@x.example": 1}],
    )
    try:
        try:
            raise ValueError(TOLD)
        except ValueError as error:
            raise RuntimeError(REFUSED) from error
    except RuntimeError as error:
        log.exception("it failed")
        sys.excepthook(RuntimeError, error, error.__traceback__)
        threading.excepthook(threading.ExceptHookArgs((RuntimeError, error, error.__traceback__, None)))
    written = capsys.readouterr().err
    assert written.count("refused") == 3
    assert written.count("[address]") >= 4
    for word in ("zo\u00eb", "Zo\u00eb", "zo%C3", "hle.example", "x.example"):
        assert word not in written
    assert "Zo\\u00eb" not in written
