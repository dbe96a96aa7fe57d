"""A broker's certificate that does not hold is told in one sentence; tried on real TLS handshakes."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from chassis.messaging.kafka_clients import make_producer
from chassis.messaging.kafka_refusals import KafkaRefused
from chassis.settings import settings_from
from chassis.settings.kafka import read_kafka_address

TODAY = datetime.now(UTC)


def certificate(folder: Path, name: str, *, address: str, ends_at: datetime) -> Path:
    """A certificate, its key, and the authority that signed it, in one file."""
    authority = trustme.CA()
    issued = authority.issue_cert(address, common_name=name, not_after=ends_at)
    path = folder / f"{name}.pem"
    path.write_bytes(issued.private_key_and_cert_chain_pem.bytes() + authority.cert_pem.bytes())
    return path


@contextmanager
def tls_listener(shown: Path) -> Iterator[int]:
    """A port on which whoever comes is shown this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    guest, _ = server.accept()
                except OSError:
                    return
                with guest:
                    try:
                        context.wrap_socket(guest, server_side=True).close()
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize(
    ("address", "days", "is_trusted", "told"),
    [
        ("127.0.0.9", 9, True, "another host's: KAFKA_BOOTSTRAP_SERVERS"),
        ("127.0.0.1", -1, True, "KAFKA_SSL_CAFILE, has expired"),
        ("127.0.0.1", 9, False, "signed by nobody whom we trust .*KAFKA_SSL_CAFILE"),
    ],
)
def test_a_certificate_that_does_not_hold(
    tmp_path: Path, address: str, days: int, is_trusted: bool, told: str
) -> None:
    shown = certificate(tmp_path, "shown", address=address, ends_at=TODAY + timedelta(days=days))
    other = certificate(tmp_path, "other", address=address, ends_at=TODAY + timedelta(days=9))
    with tls_listener(shown) as port:
        environ = {
            "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}",
            "KAFKA_SECURITY_PROTOCOL": "SSL",
            "KAFKA_SSL_CAFILE": str(shown if is_trusted else other),
        }
        with settings_from(environ) as reader:
            where = read_kafka_address(reader)
        with pytest.raises(KafkaRefused, match=told):
            make_producer(where, name="tests")
