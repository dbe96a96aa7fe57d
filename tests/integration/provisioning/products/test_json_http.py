"""What a system's API gets from us whatever it answers, on real HTTP."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request
from tests.served import served

from provisioning.adapters.json_http import ApiSecret, JsonHttp, NoAnswer


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


def test_no_cookie_is_kept_and_the_secret_is_read_for_each_request(app: Flask, tmp_path: Path) -> None:
    seen = []

    @app.get("/api/workspaces")
    def workspaces() -> Response:
        seen.append((request.headers.get("Cookie"), request.headers["Authorization"]))
        return Response("{}", headers={"Set-Cookie": "visitor=1"})

    file = tmp_path / "secret"
    with served(app) as url:
        system = JsonHttp("helpdesk", f"{url}/api", ApiSecret(file=file))
        for word in ("first", "second"):
            file.write_text(word)
            system.ask("GET", "workspaces")
    assert seen == [(None, "Bearer first"), (None, "Bearer second")]


def test_an_answer_in_pieces_has_no_more_time_than_one_in_whole(app: Flask) -> None:
    def pieces() -> Iterator[str]:
        for _ in range(20):
            time.sleep(0.05)
            yield " "
        yield "{}"

    @app.get("/workspaces")
    def workspaces() -> Response:
        return Response(pieces())

    with served(app) as url, pytest.raises(NoAnswer, match="ReadTimeout"):
        JsonHttp("helpdesk", url, None, seconds=0.3).ask("GET", "workspaces")
