"""What endpoints answer that are broken or hostile: what can be read of it counts, and none costs much."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from time import sleep

import pytest

from integrations.adapters.allowed_addresses import AllowedAddresses
from integrations.adapters.network_ranges import read_ranges
from integrations.adapters.sending.guarded_connections import MOST_READ
from integrations.adapters.sending.webhook_client import WebhookClient
from integrations.domain.deliveries import LONGEST_ANSWER, Answer

LOCAL = AllowedAddresses(schemes=("https", "http"), opened=read_ranges("127.0.0.0/8"))
INTERIM = b"HTTP/1.1 103 Early Hints\r\n\r\n"
FINE = b"HTTP/1.1 204 No Content\r\n\r\n"


async def posted(url: str, count: int = 1, between: Event | None = None) -> list[Answer]:
    client = WebhookClient(LOCAL, timeout_seconds=2)
    try:
        answers = [await client.post(url, {}, b"{}")]
        while len(answers) < count:
            assert between is None or await asyncio.to_thread(between.wait, 2)
            await asyncio.sleep(0.02)
            answers.append(await client.post(url, {}, b"{}"))
        return answers
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("sent", "outcome", "status", "text"),
    [
        (FINE, "ok", 204, ""),
        (FINE.replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n{}"), "ok", 204, ""),
        (FINE + b"not asked for", "ok", 204, ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more", "ok", 200, "ok"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", "ok", 200, "until the end"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000, "ok", 200, "x" * LONGEST_ANSWER),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\nless", "refused", 500, "less"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;" + b"x" * 300_000, "ok", 200, ""),
        (INTERIM * 3 + FINE, "ok", 204, ""),
        (INTERIM * 10_000 + FINE, "answer_unreadable", None, None),
        (b"HTTP/1.1 204 Fine\r\nX: " + b"x" * 300_000, "answer_unreadable", None, None),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "answer_unreadable", None, None),
    ],
    ids=[
        *("plain", "body behind 204", "rubbish behind 204", "longer than told", "1.0", "long", "short"),
        *("chunk", "interim", "flood of interim", "long head", "not HTTP"),
    ],
)
def test_what_can_be_read_of_an_answer_counts(
    sent: bytes, outcome: str, status: int | None, text: str | None
) -> None:
    def answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(4_096)
            connection.sendall(sent)

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        server.settimeout(2)
        done = threads.submit(answer, server)
        [found] = asyncio.run(posted(f"http://127.0.0.1:{server.getsockname()[1]}/"))
        done.result()
    assert (found.outcome, found.status) == (outcome, status)
    assert text is None or found.text == text


def test_what_never_ends_is_cut_off() -> None:
    """Else the one loop that sends to everybody would be busy with it until the timeout."""
    sent = 0

    def flood(server: socket.socket) -> None:
        nonlocal sent
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(4_096)
            while sent < 2**30:
                sent += connection.send(INTERIM * 100)

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        server.settimeout(2)
        done = threads.submit(flood, server)
        [found] = asyncio.run(posted(f"http://127.0.0.1:{server.getsockname()[1]}/"))
        done.result()
    assert (found.outcome, found.text) == ("answer_unreadable", f"More than {MOST_READ} bytes came.")


def test_each_answer_on_one_connection_has_its_own_share() -> None:
    body = b"x" * (MOST_READ // 2)

    def answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            for _ in range(4):
                connection.recv(4_096)
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
                connection.sendall(head.encode() + body)

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        server.settimeout(2)
        done = threads.submit(answer, server)
        found = asyncio.run(posted(f"http://127.0.0.1:{server.getsockname()[1]}/", 4))
        done.result()
    assert [one.outcome for one in found] == ["ok"] * 4


def test_what_comes_unasked_is_not_the_next_answer() -> None:
    """A server that answers once too often would answer events that it never saw."""
    answered = Event()

    def answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(4_096)
            connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
            sleep(0.02)  # so that the answer is read, and what follows it is not
            connection.sendall(FINE)
            answered.set()
            again, _ = server.accept()
            with again:
                again.recv(4_096)
                again.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:
        server.settimeout(2)
        done = threads.submit(answer, server)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert [one.status for one in asyncio.run(posted(url, 2, answered))] == [500, 503]
        done.result()
