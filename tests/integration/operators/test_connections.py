"""A service closes idle connections; who looks in that very moment gets the answer all the same."""

import socket
import threading
from collections.abc import Iterator

import pytest

from operator_client.access import Access
from operator_client.http import OperatorsHttp, Unreachable

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def closing() -> Iterator[str]:
    """A server that answers once on each connection and ends it when the next request comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(ANSWER)
                    connection.recv(65_536)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def test_a_look_is_repeated_and_an_act_is_not(closing: str) -> None:
    http = OperatorsHttp(Access({"onboarding": closing}, "token"))
    assert http.get("onboarding", "/v1/partners") == {}
    assert http.get("onboarding", "/v1/partners") == {}
    with pytest.raises(Unreachable, match=r"broke off.*look before asking again"):
        http.post("onboarding", "/v1/partners")
    http.close()
