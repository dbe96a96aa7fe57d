"""The local stack's one address: which service a path leads to, and what passes there and back."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from aiohttp import web
from flask import Flask, Response, request
from tests.served import served

from local_stack.machine.ports import find_free_port
from local_stack.stand_ins.site import READS, create_site

BODY = bytes(range(256)) * 2_000


def service(name: str) -> Flask:
    """Tells how it was called."""
    app = Flask(name, static_folder=None)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def tell(path: str) -> Response:
        if path.endswith("echo"):
            return Response(request.get_data(), headers={"X-Name": name})
        if path.endswith("moved"):
            answer = Response(status=303, headers={"Location": "/access/there"})
            answer.set_cookie("one", "1")
            answer.set_cookie("two", "2")
            return answer
        told = {"name": name, "raw": request.environ["REQUEST_URI"], "headers": dict(request.headers)}
        return Response(app.json.dumps(told), mimetype="application/json")

    return app


@contextmanager
def site_of(origins: dict[str, str]) -> Iterator[str]:
    port, loop = find_free_port(), asyncio.new_event_loop()
    runner = web.AppRunner(create_site(origins), access_log=None, **READS)

    async def begin() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()

    loop.run_until_complete(begin())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(runner.cleanup())
        loop.close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served(service("root")) as root, served(service("access")) as access:
        gone = f"http://127.0.0.1:{find_free_port()}"
        with site_of({"": root, "/access": access, "/gone": gone}) as url:
            yield url


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *[("/", "root"), ("/status?next=/access/x", "root"), ("/accesses", "root"), ("/ACCESS/", "root")],
        *[("/access", "access"), ("/access/devices?a=1&a=2", "access"), ("/access/a%2Fb%C3%A4//c", "access")],
    ],
)
def test_a_path_leads_to_its_service_and_stays_as_it_is(site: str, path: str, name: str) -> None:
    told = httpx.get(site + path).json()
    assert (told["name"], told["raw"]) == (name, path)


def test_what_the_client_sent_passes_and_what_it_says_of_itself_ends(site: str) -> None:
    sent = {
        "Accept": "text/html",
        "Accept-Language": "de",
        "Cookie": "a=1; b=2",
        "User-Agent": "somebody",
        "X-Forwarded-For": "203.0.113.7",
        "Forwarded": "for=203.0.113.7",
        "X-Forwarded-Proto": "https",
        "Connection": "X-Mine",
        "X-Mine": "here only",
        "Origin": "https://evil.example",
    }
    told = httpx.get(f"{site}/access/x", headers=sent).json()["headers"]
    kept = ("Accept", "Accept-Language", "Cookie", "User-Agent", "Origin")
    assert {name: told[name] for name in kept} == {name: sent[name] for name in kept}
    assert told["Host"] == site.removeprefix("http://")
    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert not {"Forwarded", "X-Forwarded-Proto", "X-Mine"} & told.keys()


@pytest.mark.parametrize("body", ["whole", "in pieces"])
def test_bodies_pass_there_and_back_unchanged(site: str, body: str) -> None:
    sent = BODY if body == "whole" else (BODY[at : at + 1_000] for at in range(0, len(BODY), 1_000))
    answer = httpx.post(f"{site}/access/echo", content=sent, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200, answer.text
    assert (answer.content, answer.headers["X-Name"]) == (BODY, "access")


def test_a_long_header_is_the_services_to_take_or_refuse(site: str) -> None:
    long = "x" * 20_000
    assert httpx.get(f"{site}/", headers={"X-Long": long}).json()["headers"]["X-Long"] == long


def test_redirects_and_every_cookie_come_back(site: str) -> None:
    answer = httpx.get(f"{site}/access/moved")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/access/there")
    assert answer.headers.get_list("Set-Cookie") == ["one=1; Path=/", "two=2; Path=/"]


def test_a_service_that_is_away_is_a_problem_document(site: str) -> None:
    answer = httpx.get(f"{site}/gone/x")
    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == "service_unavailable"


@pytest.mark.parametrize(
    "head",
    [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /access/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "POST /access/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /access/echo HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\nabcd",
        "GET http://127.0.0.1:9/v1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET access HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ids=["both-lengths", "two-lengths", "unknown-coding", "space", "elsewhere", "no-path"],
)
def test_what_two_might_read_in_two_ways_is_refused(site: str, head: str) -> None:
    port = int(site.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(head.encode())
        assert client.recv(65_536).split()[1] == b"400"
