"""What operators' commands need to know about this stack: see `operator_cli.local_stack`."""

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.settings import SettingsRefused
from local_stack.settings import read_stack_settings
from local_stack.token_log import tokens_in
from operator_cli.private_files import read_json
from operator_client.access import NoAccess
from operator_client.operator import Facts


def addresses(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Addresses and tokens by name, None if no stack was ever started. Raises NoAccess."""
    try:
        found: dict[str, Any] | None = read_json(read_stack_settings(environ).home / "addresses.json")
    except (SettingsRefused, OSError, ValueError) as error:
        raise NoAccess(f"The local stack's addresses cannot be read: {error}") from error
    return found


def tokens_made(environ: Mapping[str, str], **wanted: str | None) -> Iterator[Facts]:
    """The matching entries, newest first."""
    return tokens_in(read_stack_settings(environ).home, **wanted)
