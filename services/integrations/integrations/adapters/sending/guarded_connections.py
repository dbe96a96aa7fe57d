"""Connections to endpoints that hold out against what the other side sends: too much, too often, unasked."""

from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

# Of one answer, with its head and whatever stands before and between: each byte may cost the time of all.
MOST_READ = 16_384
_END_OF_HEAD = b"\r\n\r\n"


class OneAnswer(ResponseHandler):
    """Reads a little for each request; who sends more is cut off, and what was read counts."""

    _left = MOST_READ

    def set_response_params(self, **params: Any) -> None:
        """Another request begins."""
        self._left = MOST_READ
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        read, self._left = data[: max(self._left, 0)], self._left - len(data)
        # An answer counts whose head is right, whatever follows it: a body behind a 204, perhaps.
        head, end, rest = read.partition(_END_OF_HEAD)
        super().data_received(head + end)
        if rest:
            super().data_received(rest)
        if self._left < 0:
            self._cut_off()

    def _cut_off(self) -> None:
        payload = self._payload
        self.abort()
        self.set_exception(aiohttp.ClientPayloadError(f"More than {MOST_READ} bytes came."))
        if payload is not None:
            payload.feed_eof()


class GuardedConnector(aiohttp.TCPConnector):
    """Sends nothing more where something came unasked: that would be taken for the next answer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory = partial(OneAnswer, loop=self._loop)  # type: ignore[assignment]  # it is invariant

    async def _get(self, key: Any, traces: Any) -> Connection | None:
        while (found := await super()._get(key, traces)) is not None:
            if found.protocol is not None and not found.protocol.should_close:
                break
            found.close()
        return found
