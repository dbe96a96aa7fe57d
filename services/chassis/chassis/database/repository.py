"""What a service keeps in its database, as one transaction sees it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable

Kept = TypeVar("Kept")


class Repository:
    """Services derive one for each thing they keep (`SqlPartners`), behind a port of their handlers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _read_one(
        self, query: Executable, make: Callable[..., Kept], values: Mapping[str, Any] | None = None
    ) -> Kept | None:
        """What ``make`` makes of the columns of the only row; None without a row."""
        row = self._connection.execute(query, values).mappings().one_or_none()
        return None if row is None else make(**row)

    def _read_all(
        self, query: Executable, make: Callable[..., Kept], values: Mapping[str, Any] | None = None
    ) -> list[Kept]:
        """The same of each row, in the order of the query."""
        return [make(**row) for row in self._connection.execute(query, values).mappings()]
