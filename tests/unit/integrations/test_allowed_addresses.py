"""Where webhooks may go: every odd way to write or resolve an address that leads inside is refused."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from integrations.adapters.allowed_addresses import AddressRefused, AllowedAddresses
from integrations.adapters.network_ranges import read_ranges
from integrations.adapters.sending.checked_resolver import MOST_ADDRESSES, CheckedResolver
from integrations.adapters.sending.webhook_client import WebhookClient
from integrations.domain.deliveries import Answer

PUBLIC = AllowedAddresses(schemes=("https",), opened=())
LOCAL = AllowedAddresses(schemes=("https", "http"), opened=read_ranges("127.0.0.0/8"))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("https://hooks.example.com/x?y=1", "https://hooks.example.com/x?y=1"),
        ("HTTPS://Hooks.Example.COM.:443", "https://hooks.example.com/"),
        ("https://hooks.example.com:8443/a%20b", "https://hooks.example.com:8443/a%20b"),
        ("https://hooks.example.com:80/", "https://hooks.example.com:80/"),
        ("https://müller.example/ü", "https://xn--mller-kva.example/%C3%BC"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_one_way_to_write_it(given: str, written: str) -> None:
    assert PUBLIC.checked_url(given) == written
    assert PUBLIC.checked_url(written) == written


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200"),
        "0.0.0.0",  # noqa: S104 - refused, not bound
        *("255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "168.63.129.16", "192.0.0.192"),
        *("192.88.99.1", "240.0.0.1"),
        *("2130706433", "017700000001", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "1"),
        *(
            "127.0.0.01",
            "256.1.1.1",
            "example.1",
            "example.0x7f",
            "\uff11\uff12\uff17.0.0.1",
            "\u2460\u2461\u2466.0.0.1",
            "127\u30020\u30020\u30021",
        ),
        *("%31%32%37.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]"),
        *(
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fe80::1%25eth0]",
            "[fe80::1%eth0]",
            "[2606:4700::1111%eth0]",
            "[ff02::1]",
            "[2002:7f00:1::]",
        ),
        *(
            "[2001:0:7f00:1::]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::7f00:1]",
            "[2001:db8::1]",
            "[fec0::1]",
            "[1]",
        ),
        *("localhost", "a.localhost", "printer.local", "metadata.google.internal", "intranet", ""),
        *("user@example.com", "user:pw@example.com", "example.com@127.0.0.1", "example.com\\@evil.example"),
        *("example.com:22", "example.com:25", "example.com:0", "example.com:65536", "example.com:1x"),
        *(
            "a..example",
            "exa mple.com",
            "exa\tmple.com",
            "example.com\r\nX: y",
            "example.com\0",
            "-",
            "b@d.example",
        ),
        *("a" * 64 + ".example", ("a" * 60 + ".") * 5 + "example"),
    ],
)
def test_what_leads_inside_or_means_two_things_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        PUBLIC.checked_url(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com",
            "//example.com",
            "https://example.com/\ud800",
        ),
        *(
            "example.com",
            "",
            "https://",
            "https:///x",
            "https:example.com",
            "https://example.com/#x",
            "javascript:1",
        ),
        *("https://example.com/" + "a" * 2_048, " https://example.com/", "https://example.com/\u2028"),
    ],
)
def test_what_is_no_such_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        PUBLIC.checked_url(url)


def test_a_setting_opens_ranges_and_no_others() -> None:
    assert LOCAL.checked_url("http://127.0.0.1:8080/x") == "http://127.0.0.1:8080/x"
    for refused in ("10.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"):
        with pytest.raises(AddressRefused):
            LOCAL.check(refused)


def _family(ip: str) -> int:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


class Rebinding(AbstractResolver):
    """A name server that says something else each time it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = cycle(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=ip, port=port, family=_family(ip), proto=0, flags=0)
            for ip in next(self._answers)
        ]

    async def close(self) -> None:
        """Holds nothing."""


@contextmanager
def listener() -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield server, server.getsockname()[1]


def posted(resolver: AbstractResolver, addresses: AllowedAddresses, url: str) -> Answer:
    async def post() -> Answer:
        client = WebhookClient(addresses, timeout_seconds=0.3, resolver=resolver)
        try:
            return await client.post(url, {}, b"{}")
        finally:
            await client.close()

    return asyncio.run(post())


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_leads_inside_is_not_connected_to(answers: list[str]) -> None:
    """Also where another of its addresses is public: which one is taken would be up to chance."""
    closed = AllowedAddresses(schemes=("https", "http"), opened=())
    with listener() as (server, port):
        answer = posted(Rebinding(answers), closed, f"http://hooks.example.com:{port}/")
        assert answer.outcome == "address_not_allowed"
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that says one thing when it is checked and another when it is used is asked once."""
    rebinding = Rebinding(["127.0.0.1"], ["127.0.0.2"])
    with listener() as (server, port):
        answer = posted(rebinding, LOCAL, f"http://hooks.example.com:{port}/")
        assert answer.outcome == "timeout"
        connection, _ = server.accept()
        connection.settimeout(1)
        with connection:
            assert b"Host: hooks.example.com" in connection.recv(4_096)
    assert rebinding.asked == 1


def test_a_name_with_many_addresses_is_no_way_to_knock_at_all_of_them() -> None:
    many = [f"127.0.0.{number}" for number in range(1, 255)]
    found = asyncio.run(CheckedResolver(Rebinding(many), LOCAL).resolve("hooks.example.com"))
    assert [one["host"] for one in found] == many[:MOST_ADDRESSES]
    found = asyncio.run(CheckedResolver(Rebinding([*many, "2606:4700::1"]), LOCAL).resolve("a.example"))
    assert [one["host"] for one in found] == [*many[:MOST_ADDRESSES], "2606:4700::1"]
    with pytest.raises(AddressRefused):
        asyncio.run(CheckedResolver(Rebinding([*many, "10.0.0.1"]), LOCAL).resolve("hooks.example.com"))


def test_a_literal_is_checked_though_no_resolver_is_asked() -> None:
    """What was given when a range was open, and is used when it is closed."""
    rebinding = Rebinding(["8.8.8.8"])
    with listener() as (server, port):
        closed = AllowedAddresses(schemes=("http",), opened=())
        assert posted(rebinding, closed, f"http://127.0.0.1:{port}/").outcome == "address_not_allowed"
        with pytest.raises(TimeoutError):
            server.accept()
    assert rebinding.asked == 0


@pytest.mark.parametrize(("method", "told"), [("POST", "redirected"), ("OPTIONS", "status_302")])
def test_a_redirect_is_told_and_not_followed(method: str, told: str) -> None:
    async def asked(url: str) -> str:
        client = WebhookClient(LOCAL, timeout_seconds=2)
        try:
            if method == "OPTIONS":
                return await client.challenge(url, "gangway.example")
            return (await client.post(url, {}, b"{}")).outcome
        finally:
            await client.close()

    def redirect(server: socket.socket, port: int) -> None:
        server.settimeout(2)
        connection, _ = server.accept()
        with connection:
            connection.recv(4_096)
            place = f"Location: http://127.0.0.1:{port}/"
            connection.sendall(f"HTTP/1.1 302 Found\r\n{place}\r\nContent-Length: 0\r\n\r\n".encode())

    with listener() as (server, port), listener() as (inside, inner_port), ThreadPoolExecutor(1) as threads:
        answered = threads.submit(redirect, server, inner_port)
        assert asyncio.run(asked(f"http://127.0.0.1:{port}/")) == told
        answered.result()
        with pytest.raises(TimeoutError):
            inside.accept()
