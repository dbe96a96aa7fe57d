"""The stack on this machine, where the package that runs one is installed beside this one."""

from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from typing import Any, Protocol

GROUP = "gangway.local_stack"


class LocalStack(Protocol):
    """What a module tells of the stack that it runs; an entry point of the group names the module."""

    def addresses(self, environ: Mapping[str, str]) -> dict[str, Any] | None:
        """Addresses and tokens by name, None when no stack was ever started.

        Raises `operator_client.access.NoAccess` when they cannot be read.
        """

    def tokens_made(self, environ: Mapping[str, str], **wanted: str | None) -> Iterator[dict[str, Any]]:
        """The entries about tokens that fit, the newest first."""


def find_local_stack() -> LocalStack | None:
    """The installed one, if any."""
    return next((point.load() for point in entry_points(group=GROUP)), None)
