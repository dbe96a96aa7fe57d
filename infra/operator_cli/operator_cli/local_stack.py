"""The stack on this machine, if the package that runs one is installed."""

from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from typing import Any, Protocol

GROUP = "gangway.local_stack"


class LocalStack(Protocol):
    """What a module reports about the stack it runs; an entry point of the group names the module."""

    def addresses(self, environ: Mapping[str, str]) -> dict[str, Any] | None:
        """Addresses and tokens by name, None if no stack was ever started.

        Raises `operator_client.access.NoAccess` if they cannot be read.
        """

    def tokens_made(self, environ: Mapping[str, str], **wanted: str | None) -> Iterator[dict[str, Any]]:
        """The matching entries about tokens, newest first."""


def find_local_stack() -> LocalStack | None:
    """The installed one, if any."""
    return next((point.load() for point in entry_points(group=GROUP)), None)
