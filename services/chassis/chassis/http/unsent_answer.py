"""The part of an answer that the client has not read yet."""

import errno
import socket

LARGEST_ANSWER = 32 * 1024 * 1024


class UnsentAnswer:
    """Replaces the socket that gunicorn writes to: no thread waits for a slow reader."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._unsent: list[bytes] = []
        self.size = 0

    def sendall(self, data: bytes) -> None:
        """Store it for `flush`. Raises OSError above `LARGEST_ANSWER`."""
        self.size += len(data)
        if self.size > LARGEST_ANSWER:
            raise OSError(errno.EMSGSIZE, "the answer is too large")
        self._unsent.append(data)

    def flush(self) -> bool:
        """Send what the client accepts now; True when nothing is left. Raises OSError when it is gone."""
        if not self.size:
            return True
        left = memoryview(b"".join(self._unsent))
        self._unsent = []
        try:
            while left:
                left = left[self._socket.send(left) :]
        except BlockingIOError:
            self._unsent = [left]  # type: ignore[list-item]
        self.size = len(left)
        return not left

    def shutdown(self, how: int) -> None:
        """Called when the application fails half-way; the connection is closed after what was sent."""
        raise OSError(errno.ENOTCONN, "closed by its owner")

    def close(self) -> None:
        """Left to the worker."""
