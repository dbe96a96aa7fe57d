"""The connections that jobs are fetched and noted over."""

import asyncio

import psycopg

from chassis.database.jobs import build_jobs_app
from chassis.database.urls import driver_url

END_ONE_SESSION = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
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
