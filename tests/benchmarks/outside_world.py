"""What both sides reach outside: AWS and directory, new and empty for each turn, and one mail server."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.benchmarks.mail_sink import MailSink
from tests.benchmarks.memory import cpu_seconds
from tests.benchmarks.servers import Servers, await_http

from local_stack.machine.ports import find_free_port

Counts = dict[str, int]


class OutsideWorld:
    """Addresses stay the same from turn to turn."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._ports = {"aws": find_free_port(), "scim": find_free_port()}
        self._token = secrets.token_hex()
        self.smtp_port = find_free_port()
        self.sink = MailSink(self.smtp_port)
        self._pids: list[int] = []

    def __enter__(self) -> "OutsideWorld":
        self.sink.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sink.stop()

    @property
    def environ(self) -> dict[str, str]:
        """What tells a stack, or a script, where the outside is."""
        return {
            "AWS_ENDPOINT_URL": self._url("aws"),
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_EC2_METADATA_DISABLED": "true",
            "SCIM_URL": f"{self._url('scim')}/v2",
            "SCIM_TOKEN": self._token,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.smtp_port),
        }

    @contextmanager
    def anew(self) -> Iterator[None]:
        """AWS and directory with nothing in them, as long as the block lasts."""
        folder = self._servers.new_folder("outside")
        with self._serving("aws", folder) as aws, self._serving("scim", folder) as scim:
            self._pids = [aws, scim]
            yield

    def calls(self) -> Counts:
        """How often each kind of call was made to those of this turn."""
        counts: Counts = {}
        for name in self._ports:
            counts |= httpx.get(f"{self._url(name)}/calls").raise_for_status().json()
        return counts

    def cpu_seconds(self) -> float:
        """The processor time that AWS and directory of this turn have used."""
        return sum(map(cpu_seconds, self._pids))

    @contextmanager
    def _serving(self, name: str, folder: Path) -> Iterator[int]:
        port = self._ports[name]
        command = ["-m", "tests.benchmarks.counted_stand_in", name, str(port), str(folder), self._token]
        with self._servers.process(f"outside-{name}", command, {}) as process:
            await_http(f"{self._url(name)}/calls", process)
            yield process.pid

    def _url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"
