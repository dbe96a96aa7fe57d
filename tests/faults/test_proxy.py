"""The proxy does what the plan says, and what the target was asked is done all the same."""

import asyncio
import socket
import struct
from pathlib import Path

import pytest

from fault_runner.evidence import Evidence
from fault_runner.fault_plan import Fault, FaultPlan, Mishap
from fault_runner.proxy import Proxy

LINGER_NO_TIME = struct.pack("ii", 1, 0)  # close sends a reset, as for a process that was killed


class Fixed(FaultPlan):
    """Always the same mishap, at the opening or at each answer."""

    def __init__(self, mishap: Mishap | None) -> None:
        self._mishap = mishap

    def for_connection(self) -> Mishap | None:
        return self._mishap if self._mishap and self._mishap.fault is Fault.REFUSE else None

    def for_answer(self) -> Mishap | None:
        return self._mishap


async def ask(mishap: Mishap | None) -> tuple[bytes | str, list[bytes], list[Mishap]]:
    """Ask an echo through the proxy: what comes back, what the echo was asked, what was told."""
    asked: list[bytes] = []
    told: list[Mishap] = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if data := await reader.read(100):
            asked.append(data)
            writer.write(data * 2)
        writer.close()

    target = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = Proxy(target.sockets[0].getsockname()[1], Fixed(mishap), told.append)
    port = await proxy.start()
    answer: bytes | str
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"make it")
        answer = await reader.read()
        writer.close()
    except ConnectionResetError:
        answer = "reset"
    await proxy.stop()
    target.close()
    return answer, asked, told


def test_without_mishap_everything_passes() -> None:
    assert asyncio.run(ask(None)) == (b"make itmake it", [b"make it"], [])


@pytest.mark.parametrize(
    ("fault", "answer"),
    [(Fault.RESET_AFTER, "reset"), (Fault.CUT_INSIDE, b"make it"), (Fault.DELAY, b"make itmake it")],
)
def test_answers_suffer_after_the_work_is_done(fault: Fault, answer: bytes | str) -> None:
    mishap = Mishap(fault, seconds=0.01)

    assert asyncio.run(ask(mishap)) == (answer, [b"make it"], [mishap])


def test_a_refused_connection_never_reaches_the_target() -> None:
    answer, asked, told = asyncio.run(ask(Mishap(Fault.REFUSE)))

    assert (answer, asked) == ("reset", [])
    assert told == [Mishap(Fault.REFUSE)]


def test_a_client_that_was_killed_is_not_kept_alive_before_the_target() -> None:
    """The target would hold what the client had locked."""

    async def kill_client() -> bytes:
        heard: asyncio.Queue[bytes] = asyncio.Queue()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await heard.put(await reader.read(100))
            await heard.put(await reader.read(100))
            writer.close()

        target = await asyncio.start_server(listen, "127.0.0.1", 0)
        proxy = Proxy(target.sockets[0].getsockname()[1], Fixed(None), lambda _: None)
        _, writer = await asyncio.open_connection("127.0.0.1", await proxy.start())
        writer.write(b"hold the lock")
        assert await heard.get() == b"hold the lock"
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NO_TIME)
        writer.transport.abort()
        ending = await asyncio.wait_for(heard.get(), 20)
        await proxy.stop()
        target.close()
        return ending

    assert asyncio.run(kill_client()) == b""


def test_evidence_is_read_as_it_was_written(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path / "deep" / "evidence.jsonl")
    evidence.note("kill", process="one-web")
    evidence.note("fault", target="aws")
    evidence.note("kill", process="two-web")

    assert [entry["process"] for entry in evidence.read("kill")] == ["one-web", "two-web"]
    assert evidence.count("fault") == 1
