"""``python -m tests.benchmarks.webhook_receiver PORT``: takes webhooks with as little work as possible.

``/ok/…`` and ``/timed/…`` answer 204, ``/fail/…`` 500, ``/hang/…`` never, ``/stop/N/…`` 204 to the first N
and then never (counted as ``hang``): the sender trusts it with many requests by then. ``GET /counts``
tells how many came to each kind (of the timed ones: how many different ones), and how long it took from the
first to the last of ``ok``; ``GET /times`` when each of the timed ones came, in nanoseconds since 1970 by
``webhook-id``.
"""

import asyncio
import json
import sys
from collections import Counter
from time import monotonic, time_ns

COUNTS: Counter[str] = Counter()
TAKEN: Counter[str] = Counter()
TIMES: list[float] = []
CAME_AT: dict[str, int] = {}
_LENGTH, _ID = b"content-length:", b"webhook-id:"
_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
_ANSWERS = {
    "ok": _TAKEN,
    "timed": _TAKEN,
    "taken": _TAKEN,
    "fail": b"HTTP/1.1 500 E\r\nContent-Length: 0\r\n\r\n",
}


class Receiver(asyncio.Protocol):
    """One connection; requests come one after another."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._read = transport, b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end].lower()
            length = int(_value(head, _LENGTH) or 0)
            if len(self._read) < end + 4 + length:
                return
            self._read = self._read[end + 4 + length :]
            self._answer(head.split(b" ", 2)[1].decode(), head)

    def _answer(self, path: str, head: bytes) -> None:
        kind = path.split("/")[1]
        if kind == "stop":
            TAKEN[path] += 1
            kind = "taken" if TAKEN[path] <= int(path.split("/")[2]) else "hang"
        if kind in {"counts", "times"}:
            seconds = TIMES[-1] - TIMES[0] if TIMES else 0.0
            told = CAME_AT if kind == "times" else {**COUNTS, "seconds": seconds}
            body = json.dumps(told).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            return
        COUNTS[kind] += 1
        if kind == "ok":
            TIMES.append(monotonic())
        if kind == "timed":
            CAME_AT.setdefault(_value(head, _ID).decode(), time_ns())
            COUNTS[kind] = len(CAME_AT)
        if kind != "hang":
            self._transport.write(_ANSWERS[kind])


def _value(head: bytes, name: bytes) -> bytes:
    place = head.find(name)
    return head[place + len(name) :].split(b"\r\n", 1)[0].strip() if place >= 0 else b""


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", port, backlog=4_096)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
