"""The partner's database in the Glue catalogue."""

from typing import Any

from botocore.exceptions import ClientError

from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation
from provisioning.handlers.ports import Outputs


class GlueDatabase(FrozenElsewhere):
    """Step: an empty database whose tables nobody can read unless Lake Formation says so."""

    name = "analytics_database"

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        try:
            self._aws.read.glue.get_database(Name=names.of_database(order))
        except ClientError as error:
            if error_code(error) != "EntityNotFoundException":
                raise
            return ABSENT
        return ON

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        database = names.of_database(order)
        try:
            self._aws.write.glue.create_database(
                DatabaseInput={
                    "Name": database,
                    "Description": "Made by Gangway",
                    "CreateTableDefaultPermissions": [],
                },
                Tags=dict(names.tags(order)),
            )
        except ClientError as error:
            if error_code(error) not in {"AlreadyExistsException", "DatabaseAlreadyExistsException"}:
                raise
        return {"database": database}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Glue removes the tables with the database; the data they point at is not touched."""
        try:
            self._aws.write.glue.delete_database(Name=names.of_database(order))
        except ClientError as error:
            if error_code(error) != "EntityNotFoundException":
                raise
