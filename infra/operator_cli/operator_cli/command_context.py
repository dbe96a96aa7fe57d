"""What all operators' commands have in common: options, access, and failures told in one sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

import click

from operator_cli.access import find_access
from operator_cli.printable import printable
from operator_cli.screen import Screen
from operator_client.access import SERVICES, NoAccess
from operator_client.http import OperatorsFailure, OperatorsHttp, Proposed
from operator_client.operator import Facts, Operator

Command = Callable[..., Any]


@dataclass
class CommandContext:
    """Where one command works: the services as an operator reaches them, and the screen."""

    urls: dict[str, str | None]
    screen: Screen

    @cached_property
    def operator(self) -> Operator:
        """Raises NoAccess."""
        return Operator(OperatorsHttp(find_access(self.urls)))

    def of_each(self, row: str, service: str | None, **wanted: Any) -> list[Facts]:
        """The lists of one service or of all, each line with the name of its service."""
        names = [service] if service else self.services
        return [
            {"service": name, **line} for name in names for line in self.operator.all(row, name, **wanted)
        ]

    @property
    def is_local(self) -> bool:
        """Whether this is about the local stack."""
        return not any(self.urls.values())

    @property
    def services(self) -> tuple[str, ...]:
        """All services that can be asked. Raises NoAccess."""
        return self.operator.http.services


def with_context(command: Command) -> Command:
    """Give the command a `CommandContext` as its first argument, and the options that all have."""

    @wraps(command)
    def run(*, is_json: bool, **options: Any) -> None:
        urls = {service: options.pop(f"{service}_url") for service in SERVICES}
        screen = Screen(is_json)
        try:
            command(CommandContext(urls, screen), **options)
        except Proposed as waits:
            screen.outcome(waits.proposal, str(waits))
        except (OperatorsFailure, NoAccess) as failure:
            raise click.ClickException(printable(str(failure))) from failure
        except UnicodeEncodeError as error:
            raise click.UsageError("Something that was given is no text in UTF-8.") from error

    for service in reversed(SERVICES):
        variable = f"GANGWAY_{service.upper()}_URL"
        text = f"Where {service} is; the local stack's unless given (also: {variable})."
        run = click.option(f"--{service}-url", envvar=variable, metavar="URL", help=text)(run)
    return click.option("--json", "is_json", is_flag=True, help="Print JSON.")(run)


reason_option = click.option("--reason", required=True, help="Why; it is kept, and the partner may read it.")
service_option = click.option("--service", type=click.Choice(SERVICES), required=True, help="Whose.")
any_service_option = click.option("--service", type=click.Choice(SERVICES), help="Only of this service.")
