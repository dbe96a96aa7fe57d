"""What psycopg keeps private and we touch all the same, with its reason.

Written against 3.3.9: `tests/integration/chassis/test_sent_together.py` notices what an upgrade changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus


@contextmanager
def sent_together(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A pipeline whose statements go in one packet, at its end; errors are raised there.

    The library sends each as it comes and looks for answers each time: for a sign-up that is a dozen more
    system calls and hand-overs of the interpreter's lock, and as many wakings of the server.
    """
    with connection.pipeline() as pipeline:
        send = pipeline._communicate_gen

        def wait_for_more() -> PQGen[None]:
            # Until its BEGIN is on the way, psycopg would put one before each statement.
            if connection.pgconn.transaction_status == TransactionStatus.IDLE:
                yield from send()

        pipeline._communicate_gen = wait_for_more  # type: ignore[method-assign]
        try:
            yield
            while pipeline.command_queue:
                pipeline.command_queue.popleft()()
        finally:
            del pipeline._communicate_gen
