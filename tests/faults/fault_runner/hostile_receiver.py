"""A receiver of webhooks as vendors really have them: slow, cutting, failing after it has done its work.

Everything that came is noted before it is answered, and what is answered well as taken, so that the run can
compare afterwards what was told with what arrived, and in which order.
"""

import asyncio
import hashlib
import hmac
import random
import threading
from base64 import b64decode, b64encode
from enum import StrEnum
from types import TracebackType

from fault_runner.evidence import Evidence
from fault_runner.facts import Webhook, WebhookStep

# Longer than the sender of a run waits.
SLOW_SECONDS = 3.0


class Mischief(StrEnum):
    """What it does to one request, after it has noted it."""

    FAIL = "does, then fails"
    CUT = "does, then cuts"
    HALF = "cuts inside its answer"
    BUSY = "asks for patience"
    SLOW = "answers too late"
    REDIRECT = "sends elsewhere"


_WEIGHTS = {
    Mischief.FAIL: 0.08,
    Mischief.CUT: 0.05,
    Mischief.HALF: 0.02,
    Mischief.BUSY: 0.01,
    Mischief.SLOW: 0.01,
    Mischief.REDIRECT: 0.01,
}
_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
_ANSWERS = {
    Mischief.FAIL: b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    Mischief.BUSY: b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
    Mischief.REDIRECT: b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
    Mischief.HALF: b"HTTP/1.1 20",
    Mischief.SLOW: b"HTTP/1.1 204 No Content\r\n\r\n",
}


class HostileReceiver:
    """Serves with `with`, on an event loop in a thread of its own; ``webhooks`` grows in order of arrival."""

    def __init__(self, seed: str, evidence: Evidence) -> None:
        self.webhooks: list[Webhook] = []
        self.secrets: dict[str, str] = {}
        self._dice = random.Random(f"{seed}/receiver")  # noqa: S311 - chance to be repeated, no secret
        self._evidence = evidence
        self._is_calm = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="receiver", daemon=True)
        self.url = ""

    def __enter__(self) -> "HostileReceiver":
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def calm(self) -> None:
        """From now on everything is taken."""
        self._is_calm = True

    async def _stop(self) -> None:
        self._server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass  # the sender was killed, or waits no longer
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and deal with it; whether the connection stays."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        endpoint, event_id = head[0].split(" ")[1].strip("/"), headers.get("webhook-id", "")
        self._note(endpoint, event_id, WebhookStep.CAME)
        if not self._is_signed(endpoint, headers, body):
            self._note(endpoint, event_id, WebhookStep.FORGED)
        mischief = self._draw()
        if mischief is None:
            self._note(endpoint, event_id, WebhookStep.TAKEN)
            writer.write(_TAKEN)
            await writer.drain()
            return True
        self._evidence.note("fault", target="receiver", fault=mischief.value, endpoint=endpoint)
        if mischief is Mischief.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        writer.write(_ANSWERS.get(mischief, b""))
        await writer.drain()
        return mischief not in {Mischief.CUT, Mischief.HALF}

    def _draw(self) -> Mischief | None:
        chance = self._dice.random()
        for mischief, weight in _WEIGHTS.items():
            if (chance := chance - weight) < 0:
                return None if self._is_calm else mischief
        return None

    def _note(self, endpoint: str, event_id: str, step: WebhookStep) -> None:
        self.webhooks.append(Webhook(endpoint, event_id, step))

    def _is_signed(self, endpoint: str, headers: dict[str, str], body: bytes) -> bool:
        key = b64decode(self.secrets.get(endpoint, "").removeprefix("whsec_"))
        signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
        expected = b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return headers.get("webhook-signature", "").split(" ") == [f"v1,{expected}"]
