"""What all operators' commands have in common: options, access, and failures told in one sentence."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any

import click

from operator_cli.access import find_access
from operator_cli.printable import printable
from operator_cli.screen import Screen
from operator_client.access import SERVICES, NoAccess
from operator_client.http import OperatorsFailure, OperatorsHttp, Proposed, Refused
from operator_client.operator import Facts, Operator

Command = Callable[..., Any]
# What it says of the token, every service would say.
_OF_THE_TOKEN = (401, 403)


@dataclass
class CommandContext:
    """Where one command works: the services as an operator reaches them, and the screen."""

    urls: dict[str, str | None]
    screen: Screen
    # Of services that were passed over; said after what the command shows, which then exits with 1.
    failures: list[OperatorsFailure] = field(default_factory=list)

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

    def of_each_that_answers(self, row: str, service: str | None, **wanted: Any) -> list[Facts]:
        """The same without services that fail, which are named afterwards; raises where all of them do."""
        names = [service] if service else self.services
        lines: list[Facts] = []
        failures = []
        for name in names:
            try:
                lines += self.of_each(row, name, **wanted)
            except OperatorsFailure as failure:
                if _is_of_the_token(failure):
                    raise
                failures.append(failure)
        if len(failures) == len(names):
            raise OperatorsFailure(" ".join(map(str, _told_once(failures))))
        known = {str(failure) for failure in self.failures}
        self.failures += [failure for failure in failures if str(failure) not in known]
        return lines

    def as_far_as_it_answers(self, lines: Iterable[Facts]) -> Iterator[Facts]:
        """The same, which ends where its service fails; that is told afterwards."""
        try:
            yield from lines
        except OperatorsFailure as failure:
            if _is_of_the_token(failure):
                raise
            self.failures.append(failure)

    @property
    def is_local(self) -> bool:
        """Whether this is about the local stack."""
        return not any(self.urls.values())

    @property
    def services(self) -> tuple[str, ...]:
        """All services that can be asked. Raises NoAccess."""
        return self.operator.http.services


def _is_of_the_token(failure: OperatorsFailure) -> bool:
    return isinstance(failure, Refused) and failure.status in _OF_THE_TOKEN


def _told_once(failures: list[OperatorsFailure]) -> list[OperatorsFailure]:
    """The first alone where all refuse with the same problem, as what is wrong with a value."""
    told = [failure.problem.get("errors") for failure in failures if isinstance(failure, Refused)]
    is_one = len(told) == len(failures) and all(one and one == told[0] for one in told)
    return failures[:1] if is_one else failures


def with_context(command: Command) -> Command:
    """Give the command a `CommandContext` as its first argument, and the options that all have."""

    @wraps(command)
    def run(*, is_json: bool, **options: Any) -> None:
        urls = {service: options.pop(f"{service}_url") for service in SERVICES}
        screen = Screen(is_json)
        context = CommandContext(urls, screen)
        try:
            command(context, **options)
        except Proposed as waits:
            screen.outcome(waits.proposal, str(waits))
        except (OperatorsFailure, NoAccess) as failure:
            told = " ".join(map(str, [failure, *context.failures]))
            raise click.ClickException(printable(told)) from failure
        except UnicodeEncodeError as error:
            raise click.UsageError("Something that was given is no text in UTF-8.") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            told = f"A service answered what cannot be understood ({type(error).__name__}: {error})."
            raise click.ClickException(printable(f"{told} Is it of another version?")) from error
        if failures := context.failures:
            is_all = len(failures) == len(context.services)
            for passed_over in _told_once(failures) if is_all else failures:
                click.echo(f"Error: {printable(str(passed_over))}", err=True)
            sys.exit(1)

    for service in reversed(SERVICES):
        variable = f"GANGWAY_{service.upper()}_URL"
        text = f"Where {service} is; the local stack's unless given (also: {variable})."
        run = click.option(f"--{service}-url", envvar=variable, metavar="URL", help=text)(run)
    return click.option("--json", "is_json", is_flag=True, help="Print JSON.")(run)


reason_option = click.option("--reason", required=True, help="Why; it is kept, and the partner may read it.")
service_option = click.option("--service", type=click.Choice(SERVICES), required=True, help="Whose.")
any_service_option = click.option("--service", type=click.Choice(SERVICES), help="Only of this service.")
