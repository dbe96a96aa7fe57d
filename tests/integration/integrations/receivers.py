"""Receivers of webhooks on real sockets: good ones, and those that vendors really have."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep

from aiohttp import web


@dataclass
class Received:
    """One request as it came."""

    path: str
    method: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=monotonic)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Keeps what comes by path; ``answers`` says what a path answers, 204 unless told otherwise.

    Those that hang do so until they are released.
    """

    url: str = ""
    is_released: bool = False
    received: dict[str, list[Received]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, Callable[[Received, int], web.Response | str]] = field(default_factory=dict)

    def at(self, path: str) -> list[Received]:
        return self.received[path]

    def ids(self, path: str) -> list[str]:
        return [one.id for one in self.received[path]]

    def wait_for(self, path: str, count: int, seconds: float = 20.0) -> list[Received]:
        """Wait until so many came. Raises AssertionError with what came instead."""
        wait_until(lambda: len(self.received[path]) >= count, seconds, lambda: f"{len(self.received[path])}")
        return self.received[path]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        one = Received(
            request.path,
            request.method,
            {k.lower(): v for k, v in request.headers.items()},
            await request.read(),
        )
        seen = self.received[request.path]
        seen.append(one)
        answer = self.answers.get(request.path, lambda _, __: web.Response(status=204))(one, len(seen))
        if answer == "hang":
            while not self.is_released:
                await asyncio.sleep(0.02)
        if answer == "cut":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        assert isinstance(answer, web.Response)
        return answer


def wait_until(
    is_so: Callable[[], bool], seconds: float = 20.0, told: Callable[[], str] = lambda: ""
) -> None:
    until = monotonic() + seconds
    while not is_so():
        assert monotonic() < until, f"not within {seconds:g} s: {told()}"
        sleep(0.01)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Serve until the end, in a thread of its own."""
    found, loop = Receiver(), asyncio.new_event_loop()

    async def start() -> web.AppRunner:
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/{path:.*}", found.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def end_the_rest() -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(start(), loop).result(5)
    try:
        yield found
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(5)
        asyncio.run_coroutine_threadsafe(end_the_rest(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
