"""An answer that was cut off is no answer: botocore alone would read it as an empty success."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from botocore.exceptions import ConnectionClosedError

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.outside_settings import OutsideSettings


@contextlib.contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that reads one request after the other and says the same to each."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65_536)
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")


def clients(url: str) -> AwsClients:
    settings = OutsideSettings(
        aws_region="eu-central-1",
        scim_url="",
        scim_token="",
        aws_endpoint_url=url,
        aws_read_timeout_seconds=5,
    )
    return AwsClients(settings)


def test_a_whole_answer_is_taken() -> None:
    whole = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\nConnection: close\r\n\r\n{"Accounts": []}'
    with answering(whole) as url:
        assert clients(url).read.organizations.list_accounts()["Accounts"] == []


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nServer: moto\r\nDate: Sun",
        b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\nServer: moto\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length:",
        b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"Acc',
        # The cause stands in the body: without it, a missing thing would look like a refusal for good.
        b"HTTP/1.1 400 BAD REQUEST\r\nServer: moto\r\n",
    ],
)
def test_an_answer_that_was_cut_off_is_none(cut: bytes) -> None:
    with answering(cut) as url, pytest.raises(ConnectionClosedError):
        clients(url).read.organizations.list_accounts()


def said(content: bytes, status: bytes = b"200 OK", kind: bytes = b"application/json") -> bytes:
    head = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, kind, len(content)) + content


PAGE = b"\n<!DOCTYPE html><html><body>Back soon</body></html>"


@pytest.mark.parametrize(
    "answer",
    [
        said(PAGE, kind=b"text/html"),
        said(PAGE),
        said(PAGE, b"403 Forbidden", b"text/html"),
        said(PAGE, b"302 Found", b"text/html"),
    ],
    ids=["page", "page that says it is none", "refusal", "redirect"],
)
def test_a_page_of_somebody_in_between_is_no_answer(answer: bytes) -> None:
    """Some answers of AWS are read with what is left out taken for nothing: no permissions, say."""
    with answering(answer) as url:
        aws = clients(url)
        for ask in (
            aws.read.organizations.list_accounts,
            aws.read.iot.list_things,
            aws.read.sts.get_caller_identity,
            lambda: aws.read.s3.list_object_versions(Bucket="results"),
            lambda: aws.write.iot.update_certificate(certificateId="0" * 64, newStatus="INACTIVE"),
        ):
            with pytest.raises(ConnectionClosedError):
                ask()


@pytest.mark.parametrize(
    "body", [b"OK", b'{"__type":"ThrottlingException","message":"Rate exceeded"}'], ids=["text", "error"]
)
def test_a_success_that_is_no_json_or_an_error_is_no_answer(body: bytes) -> None:
    with answering(said(body, kind=b"text/plain")) as url, pytest.raises(ConnectionClosedError):
        clients(url).read.lakeformation.list_permissions()
