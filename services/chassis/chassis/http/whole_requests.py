"""Requests of one connection, handed out when complete: no thread waits for a slow sender."""

import re
from typing import Any

from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from chassis.http.body_limit import LARGEST_BODY
from chassis.http.chunked_body import ChunkedBody

LARGEST_HEAD = 64 * 1024

# Any line ending ends a head here; gunicorn's parser then refuses what is not CRLF.
_END_OF_HEAD = re.compile(rb"\n\r?\n")


class WholeRequests:
    """Takes bytes, returns gunicorn's requests with their bodies in memory.

    A body above `LARGEST_BODY` is not waited for: its request is returned at once, for the application to
    refuse, and `is_cut` says that the connection cannot be used any more.
    """

    def __init__(self, config: Any, client: Any) -> None:
        self._config = config
        self._client = client
        self._received = bytearray()
        self._scanned = 0
        self._request: Any = None
        self._chunked: ChunkedBody | None = None
        self.is_cut = False

    @property
    def is_idle(self) -> bool:
        """Nothing of the next request has arrived yet."""
        return not self._received and self._request is None

    @property
    def has_head(self) -> bool:
        """The head of a request has arrived, its body has not."""
        return self._request is not None

    def feed(self, data: bytes) -> None:
        self._received += data

    def take_continue(self) -> bool:
        """Whether the client waits for "100 Continue" before it sends the body; true once."""
        is_wanted = self._request is not None and self._request._expected_100_continue
        if is_wanted:
            self._request._expected_100_continue = False
        return bool(is_wanted)

    def take(self) -> Any:
        """The next complete request, None if there is none. Raises gunicorn's ParseException."""
        if self._request is None and not self._read_head():
            return None
        body = self._whole_body()
        if body is None:
            return None
        request, self._request, self._chunked = self._request, None, None
        # A client that sent it all does not wait for it (RFC 9110, 10.1.1); nor is a cut one asked for more.
        request._expected_100_continue = False
        length = len(body)
        if self.is_cut:
            length = max(length, getattr(request.body.reader, "length", 0))
        request.body = Body(LengthReader(IterUnreader([body]), length))
        return request

    def _read_head(self) -> bool:
        end = _END_OF_HEAD.search(self._received, max(0, self._scanned - 2))
        if end is None:
            self._scanned = len(self._received)
            longest_line = self._config.limit_request_line + 2
            if self._scanned > longest_line and self._received.find(b"\n", 2, longest_line) < 0:
                raise LimitRequestLine(self._scanned, self._config.limit_request_line)
        if (self._scanned if end is None else end.end()) > LARGEST_HEAD:
            raise LimitRequestHeaders("max buffer headers")
        if end is None:
            return False
        head = bytes(self._received[: end.end()])
        del self._received[: end.end()]
        self._scanned = 0
        self._request = Request(self._config, IterUnreader([head]), self._client)
        if isinstance(self._request.body.reader, ChunkedReader):
            self._chunked = ChunkedBody()
        return True

    def _whole_body(self) -> bytes | None:
        if self._chunked is not None:
            self._chunked.consume(self._received)
            self.is_cut = len(self._chunked.body) > LARGEST_BODY
            return bytes(self._chunked.body) if self._chunked.is_complete or self.is_cut else None
        length = self._request.body.reader.length
        if length > LARGEST_BODY:
            self.is_cut = True
            return b""
        if len(self._received) < length:
            return None
        body = bytes(self._received[:length])
        del self._received[:length]
        return body
