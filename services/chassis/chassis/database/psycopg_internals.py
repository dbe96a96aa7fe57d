"""What psycopg keeps private and we touch all the same, with its reason.

Written against 3.3.9: `tests/integration/chassis/test_sent_together.py` notices what an upgrade changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.abc import PQGen


@contextmanager
def sent_together(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A pipeline whose statements go in one packet, at its end; errors are raised there.

    The library sends each as it comes and looks for answers each time: for a sign-up that is a dozen more
    system calls and hand-overs of the interpreter's lock, and as many wakings of the server.
    """
    with connection.pipeline() as pipeline:

        def write_only() -> PQGen[None]:
            # Into libpq's buffer, which is sent once it is full or at the end. That a BEGIN is in it counts
            # as a transaction: psycopg puts no other one before the next statement.
            while pipeline.command_queue:
                pipeline.command_queue.popleft()()
            yield from ()

        pipeline._communicate_gen = write_only  # type: ignore[method-assign]
        try:
            yield
        finally:
            del pipeline._communicate_gen
