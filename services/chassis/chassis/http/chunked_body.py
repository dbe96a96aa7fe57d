"""The chunked transfer coding (RFC 9112, section 7.1), decoded as the bytes come in."""

import re

from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkSize

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")
_LONGEST_LINE = 4_096
# One byte per chunk costs six; no honest client needs more than that for the largest body.
_MOST_AROUND_THE_DATA = 2 * 1024 * 1024


class ChunkedBody:
    """Removes chunks from the received bytes; ``body`` grows, extensions and trailers are dropped."""

    def __init__(self) -> None:
        self.body = bytearray()
        self._step = self._size
        self._left = 0
        self._around = 0
        self.is_complete = False

    def consume(self, received: bytearray) -> None:
        """Take complete chunks. Raises InvalidChunkSize or ChunkMissingTerminator."""
        while not self.is_complete and self._step(received):
            pass

    def _size(self, received: bytearray) -> bool:
        line = self._line(received)
        if line is None:
            return False
        found = _SIZE.fullmatch(line)
        if found is None:
            raise InvalidChunkSize(b"not a number")
        self._left = int(found[1], 16)
        self._step = self._data if self._left else self._trailer
        return True

    def _data(self, received: bytearray) -> bool:
        piece = received[: self._left]
        del received[: len(piece)]
        self.body += piece
        self._left -= len(piece)
        if not self._left:
            self._step = self._end
        return bool(piece)

    def _end(self, received: bytearray) -> bool:
        if received[:2] != b"\r\n"[: len(received)]:
            raise ChunkMissingTerminator(bytes(received[:2]))
        if len(received) < 2:
            return False
        del received[:2]
        self._step = self._size
        return True

    def _trailer(self, received: bytearray) -> bool:
        line = self._line(received)
        self.is_complete = line == b""
        return line is not None

    def _line(self, received: bytearray) -> bytes | None:
        end = received.find(b"\r\n", 0, _LONGEST_LINE)
        if end < 0:
            if len(received) >= _LONGEST_LINE:
                raise InvalidChunkSize(b"line too long")
            return None
        line = bytes(received[:end])
        del received[: end + 2]
        self._around += end + 4
        if self._around > _MOST_AROUND_THE_DATA:
            raise InvalidChunkSize(b"too many small chunks")
        return line
