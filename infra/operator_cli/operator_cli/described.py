"""Commands made from rows of the table of roles: `operations.json` describes their fields.

Ids in the path are arguments, of which the beginning suffices. An act asks for a reason and reports the
result.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

import click

from operator_cli.command_context import (
    Command,
    CommandContext,
    any_service_option,
    reason_option,
    service_option,
    with_context,
)
from operator_cli.finding import find, is_findable
from operator_cli.listing import all_option, show_list
from operator_cli.moments import Moment
from operator_cli.screen import Column, Facts
from operator_client.operations import OPERATIONS, Field, Operation


@dataclass(frozen=True)
class Given:
    """A field as it is typed: an option with its help, or an argument without; ``name`` if it differs.

    ``by_words``: a partner may be named by a part of its name, if only one matches, even for an act.
    """

    field: str
    text: str = ""
    name: str = ""
    is_required: bool = False
    by_words: bool = False


def act(
    name: str,
    row: str,
    text: str,
    told: str | Callable[[Facts], str],
    *given: Given,
    fixed: Mapping[str, Any] | None = None,
    outcome: str = "",
) -> click.Command:
    """A command that does something; ``told`` may contain everything that was given and answered.

    ``outcome`` is in the JSON output if the service has no answer.
    """
    operation = OPERATIONS[row]

    def run(context: CommandContext, *, service: str | None = None, **typed: Any) -> None:
        facts = {**(fixed or {}), **_facts(context, operation, given, typed, service)}
        answer = context.operator.ask(row, service, **facts)
        known = {"service": service, **facts, **answer}
        kept = {each: fact for each, fact in known.items() if each != "reason"}
        sentence = told.format_map(known) if isinstance(told, str) else told(known)
        context.screen.outcome(answer or kept | ({"outcome": outcome} if outcome else {}), sentence)

    whose = [service_option] if operation.service is None else []
    why = [reason_option] if "reason" in operation.fields else []
    return _command(name, text, run, [*_typed(operation, given), *whose, *why])


def listing(
    name: str,
    row: str,
    text: str,
    columns: Sequence[Column],
    *given: Given,
    nothing: str = "none",
    whole: bool = False,
) -> click.Command:
    """A command that shows a list: of every service that has it, or a screenful unless all is wanted.

    ``nothing`` is shown for an empty list; with ``whole`` it is never cut. A service that does not answer is
    named beside the others; then the command exits with 1.
    """
    operation = OPERATIONS[row]
    is_cut = operation.is_paged and operation.service is not None and not whole

    def run(
        context: CommandContext, *, service: str | None = None, everything: bool = True, **typed: Any
    ) -> None:
        wanted = _facts(context, operation, given, typed, service, by_words=True)
        if operation.service is None:
            context.screen.rows(context.of_each_that_answers(row, service, **wanted), columns, nothing)
        else:
            found = context.operator.all(row, **wanted)
            show_list(context, found, columns, everything=everything, nothing=nothing)

    whose = [any_service_option] if operation.service is None else [all_option] if is_cut else []
    return _command(name, text, run, [*_typed(operation, given), *whose])


P = ParamSpec("P")


def _adding(make: Callable[P, click.Command]) -> Callable[Concatenate[click.Group, P], None]:
    def add(group: click.Group, /, *args: P.args, **kwargs: P.kwargs) -> None:
        group.add_command(make(*args, **kwargs))

    return add


class DescribedGroup(click.Group):
    """A group to which such commands are added."""

    act = _adding(act)
    listing = _adding(listing)


def _command(
    name: str, text: str, run: Command, parameters: Sequence[Callable[[Command], Command]]
) -> click.Command:
    command = with_context(run)
    for parameter in reversed(parameters):
        command = parameter(command)
    return click.command(name, help=text)(command)


def _typed(operation: Operation, given: Sequence[Given]) -> list[Callable[[Command], Command]]:
    named = {one.field for one in given}
    in_path = [Given(name, is_required=True) for name in operation.names_in_path if name not in named]
    return [_parameter(one, operation.fields.get(one.field)) for one in (*in_path, *given)]


def _parameter(given: Given, field: Field | None) -> Callable[[Command], Command]:
    if field is None:
        kind = "text" if is_findable(given.field) else "id"
        field = Field(name=given.field, kind=kind, is_required=True)
    name = given.name or given.field.removesuffix("_id").removesuffix("_key")
    is_required = given.is_required or field.is_required
    told: dict[str, Any] = {"required": is_required, "type": _type_of(field)}
    if not given.text:
        metavar = name.upper() if is_required else f"[{name.upper()}]"
        return click.argument(given.field, metavar=metavar, **told)
    if field.default is not None:
        told |= {"default": field.default, "show_default": True}
    if "true" in field.values:
        told = {"flag_value": "true", "is_flag": True}
    elif field.kind == "boolean":
        told = {"required": given.is_required} if "/" in name else {"is_flag": True}
    elif field.kind == "array":
        told["multiple"] = True
    return click.option(f"--{name.replace('_', '-')}", given.field, help=given.text, **told)


def _type_of(field: Field) -> click.ParamType[Any] | None:
    if field.kind == "integer":
        return click.IntRange(field.least, field.most)
    if field.kind == "time":
        return Moment()
    return click.UUID if field.kind == "id" else None


def _facts(
    context: CommandContext,
    operation: Operation,
    given: Sequence[Given],
    typed: Mapping[str, Any],
    service: str | None,
    *,
    by_words: bool = False,
) -> dict[str, Any]:
    """The typed values as the service expects them; missing ones are left out."""
    facts: dict[str, Any] = {}
    loosely = {one.field for one in given if one.by_words}
    for name in (*operation.names_in_path, *operation.fields):
        value = typed.get(name)
        if value in (None, ()):
            continue
        if isinstance(value, tuple):
            facts[name] = list(value)
        elif is_findable(name):
            known = {one: facts[one] for one in operation.names_in_path if one in facts}
            is_loose = by_words or name in loosely
            found = find(context.operator, name, value, by_words=is_loose, service=service, **known)
            facts[name] = found
        else:
            facts[name] = value
    return facts
