"""A TCP proxy that misbehaves: it delays, cuts, and resets, also after the other side has done its work."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from fault_runner.fault_plan import Fault, FaultPlan, Mishap

_CHUNK = 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with 0 seconds: close sends RST


class Proxy:
    """Carries connections from one port to another; the plan decides what goes wrong with them.

    Everything runs on one event loop. ``tell`` hears of each mishap at the moment at which it happens.
    """

    def __init__(self, target_port: int, plan: FaultPlan, tell: Callable[[Mishap], None]) -> None:
        self._target_port = target_port
        self._plan = plan
        self._tell = tell
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen on a free port of 127.0.0.1 and return it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Close the port and all connections."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if mishap := self._plan.for_connection():
            self._tell(mishap)
            _reset(writer)
            return
        try:
            target = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            _reset(writer)
            return
        with contextlib.suppress(asyncio.CancelledError):
            await self._carry(reader, writer, *target)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        target_reader: asyncio.StreamReader,
        target_writer: asyncio.StreamWriter,
    ) -> None:
        asking = asyncio.create_task(_pump(reader, target_writer))
        answering = asyncio.create_task(self._answer(target_reader, writer))
        try:
            await asyncio.wait({asking, answering}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() and asking.result():
                # The client has said all; the answer may still be on its way.
                await asyncio.wait({answering}, timeout=30)
        finally:
            for task in (asking, answering):
                task.cancel()
            for end in (writer, target_writer):
                end.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry answers; what happens to one happens after the target has done what it was asked."""
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_CHUNK):
                if mishap := self._plan.for_answer():
                    self._tell(mishap)
                    if mishap.fault is Fault.RESET_AFTER:
                        _reset(writer)
                        return
                    if mishap.fault is Fault.CUT_INSIDE:
                        writer.write(data[: len(data) // 2])
                        await writer.drain()
                        return
                    await asyncio.sleep(mishap.seconds)
                writer.write(data)
                await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Carry until the end; False where it was no orderly one, as when the client was killed."""
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:  # "not connected" is none of ConnectionError
        return False
    return True


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection so that the other side sees a reset, not an orderly end."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
