"""The example's only task: note that the job of an event ran; idempotent."""

import procrastinate

from chassis.database.jobs import Backoff, build_jobs_app
from tallies.bootstrap import TallyService


def create_jobs_app(service: TallyService) -> procrastinate.App:
    app = build_jobs_app(service.settings.database_url, service.settings.database_timeouts)

    @app.task(name="note", retry=Backoff(first_seconds=0.1))
    def note(event_id: str) -> None:
        with service.database.begin() as work:
            work.connection.exec_driver_sql(
                "INSERT INTO notes (event_id) VALUES (%s) ON CONFLICT DO NOTHING", (event_id,)
            )

    return app
