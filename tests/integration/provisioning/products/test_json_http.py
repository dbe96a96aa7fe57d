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


def test_a_page_of_somebody_in_between_neither_shows_a_thing_nor_that_there_is_none(app: Flask) -> None:
    """What answers a change is not read for that: some say OK, and some nothing."""

    @app.route("/workspaces", methods=["GET", "POST"])
    def workspaces() -> Response:
        return Response("<html>We are back soon</html>", mimetype="text/html")

    with served(app) as url:
        system = JsonHttp("helpdesk", url, None)
        with pytest.raises(NoAnswer) as caught:
            system.ask("GET", "workspaces")
        assert (caught.value.code, caught.value.may_be_done) == ("helpdesk_unreachable", False)
        assert system.ask("POST", "workspaces").is_success
