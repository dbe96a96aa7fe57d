"""The partner's database in the Glue catalogue."""

from typing import Any

from provisioning.adapters.aws import names
from provisioning.adapters.aws.aws_step import AwsStep
from provisioning.adapters.aws.failures import tolerated, unless_gone
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation
from provisioning.handlers.ports import Outputs


class GlueDatabase(AwsStep):
    """Step: an empty database; nobody can read its tables unless Lake Formation allows it."""

    name = "analytics_database"

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        found = unless_gone(lambda: self._aws.read.glue.get_database(Name=names.of_database(order)))
        return ON if found else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        database = names.of_database(order)
        with tolerated("AlreadyExistsException", "DatabaseAlreadyExistsException"):
            self._aws.write.glue.create_database(
                DatabaseInput={
                    "Name": database,
                    "Description": "Made by Gangway",
                    "CreateTableDefaultPermissions": [],
                },
                Tags=names.tags(order),
            )
        return {"database": database}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Glue deletes the tables with the database; the data they refer to stays."""
        unless_gone(lambda: self._aws.write.glue.delete_database(Name=names.of_database(order)))
