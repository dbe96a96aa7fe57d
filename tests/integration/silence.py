"""Servers that say nothing: frozen ones, and networks that swallow every byte."""

import select
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil


@contextmanager
def frozen(process_id: int) -> Iterator[None]:
    """The process and all its children stand still; connections to them stay, and new ones are queued."""
    family = [psutil.Process(process_id)]
    family += family[0].children(recursive=True)
    for each in family:
        each.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGCONT)


class SwallowingProxy:
    """Carries TCP connections to a port of this machine, until it swallows what both sides say."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._carries = threading.Event()
        self._carries.set()
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def swallowing(self) -> Iterator[None]:
        """What is swallowed never arrives, also afterwards: those connections are dead, and say nothing."""
        self._carries.clear()
        try:
            yield
        finally:
            self._carries.set()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                target = socket.create_connection(("127.0.0.1", self._target_port))
                threading.Thread(target=self._carry, args=(client, target), daemon=True).start()

    def _carry(self, client: socket.socket, target: socket.socket) -> None:
        other = {client: target, target: client}
        is_dead = False
        with client, target, suppress(OSError):
            while True:
                for source in select.select([client, target], [], [])[0]:
                    data = source.recv(65_536)
                    if not data:
                        return
                    is_dead = is_dead or not self._carries.is_set()
                    if not is_dead:
                        other[source].sendall(data)
