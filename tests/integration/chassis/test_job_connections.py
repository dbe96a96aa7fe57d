"""The connections that jobs are fetched and noted over."""

import asyncio

import psycopg

from chassis.database.jobs import build_jobs_app
from chassis.database.urls import driver_url

END_ONE_SESSION = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE application_name = 'gangway-worker' AND datname = current_database() LIMIT 1"
)


def test_a_connection_that_the_server_ended_at_rest_is_replaced(database_url: str) -> None:
    async def lost_when_asked_after_the_end() -> int:
        app = build_jobs_app(database_url)
        async with app.open_async():
            pool = app.connector.pool  # type: ignore[attr-defined]
            with psycopg.connect(driver_url(database_url), autocommit=True) as other:
                assert other.execute(END_ONE_SESSION).fetchall() == [(True,)]
            await asyncio.sleep(0.2)
            for _ in range(2 * pool.max_size):
                await app.connector.execute_query_one_async("SELECT 1 AS answer")
            return int(pool.get_stats()["connections_lost"])

    assert asyncio.run(lost_when_asked_after_the_end()) == 1


def test_a_notification_is_heard(database_url: str) -> None:
    """Without it jobs would wait for the next poll, and nothing would fail."""

    async def hear() -> tuple[str, str]:
        heard: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

        async def note(*, channel: str, payload: str) -> None:
            if not heard.done():
                heard.set_result((channel, payload))

        app = build_jobs_app(database_url)
        async with app.open_async():
            listening = asyncio.create_task(app.connector.listen_notify(note, ["jobs"]))
            while not (heard.done() or listening.done()):
                await app.connector.execute_query_async("SELECT pg_notify('jobs', 'one')")
                await asyncio.sleep(0.1)
            if listening.done():
                listening.result()
            listening.cancel()
        return heard.result()

    assert asyncio.run(asyncio.wait_for(hear(), 20)) == ("jobs", "one")
