"""Results of grants that ended: what the worker does each minute, and what is noted."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres

from provisioning.handlers.kept_results import delete_due_results


def a_minute(provisioning: ProvisioningOnPostgres) -> None:
    with provisioning.service.open_work() as work:
        delete_due_results(work)
    provisioning.work_off()


def row(provisioning: ProvisioningOnPostgres, grant_id: UUID) -> Any:
    query = text("SELECT * FROM kept_results WHERE grant_id = :id")
    with provisioning.service.open_work() as work:
        return work.connection.execute(query, {"id": grant_id}).one()
