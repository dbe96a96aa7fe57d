"""Times as operators type them."""

from datetime import UTC, datetime
from typing import Any

import click


class Moment(click.ParamType[str]):
    """A day, or a day and time, as lists print them and ISO 8601 has them; in UTC without an offset.

    The value is what the services expect.
    """

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Raises click.BadParameter with an example."""
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-03-01 or '2026-03-01 02:55:00Z'.", param, ctx)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
