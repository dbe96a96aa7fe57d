"""Notices when the outcome of a job could not be written down.

Procrastinate tries once. The job then stays "doing" for as long as its worker lives, also one that is to be
tried again. A worker that restarts gives it back, as that of a dead worker.
"""

from typing import Any

import psycopg
from procrastinate import exceptions
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager


class JobOutcomes(JobManager):
    """Procrastinate's job manager, which remembers that it lost an outcome to a broken connection."""

    def __init__(self, connector: BaseConnector) -> None:
        super().__init__(connector)
        self.is_one_lost = False

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        try:
            await super().finish_job(job, status, delete_job)
        except exceptions.ConnectorException as error:
            self._note(error)
            raise

    async def retry_job(self, job: Job, *values: Any, **named: Any) -> None:
        try:
            await super().retry_job(job, *values, **named)
        except exceptions.UniqueViolation:
            # Another one waits under its queueing lock already, and does the same.
            await self.finish_job(job, Status.FAILED, delete_job=True)
        except exceptions.ConnectorException as error:
            self._note(error)
            raise

    def _note(self, error: exceptions.ConnectorException) -> None:
        """A server that answers has refused: the job was given to another worker meanwhile."""
        if isinstance(error.__cause__, (psycopg.OperationalError, psycopg.InterfaceError)):
            self.is_one_lost = True
