"""Filters over an event's data: expressions of CEL (Common Expression Language, https://cel.dev).

    data.tier == "premier" && "iot" in data.products_wanted

They know `type` (``partner.approved.v1``), `subject` and `data`. What an expression may cost is bounded by
its length, depth and steps, and by at most one macro over a list (`exists`, `all`, …) in a short one, which
cannot collect anything that grows with each step; patterns are RE2's, which take no longer for being clever.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from integrations.adapters.cel_logic import operators
from integrations.domain.event_types import EventType

if TYPE_CHECKING:
    from celpy import Runner
    from celpy.evaluation import Context

LONGEST_FILTER = 1_000
LONGEST_WITH_MACRO = 200
DEEPEST = 20
# Each is some 7 us, and every event is tried with every filter, by the one consumer of all integrators.
MOST_STEPS = 600
MOST_STEPS_WITH_MACRO = 250
# Over the list that is the dearest to write, the dearest macro takes as long as so many times its steps.
_COST_OF_MACRO = 4
_MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
# celpy's own, not CEL's. `reduce` doubles a text with every element: forty of them are a terabyte.
_NOT_OF_CEL = frozenset({"min", "reduce"})
_LONGEST_CAUSE = 200


class FilterRefused(ValueError):
    """Not usable as a filter; the message says why and where."""


def check_filter(expression: str, kinds: Iterable[EventType]) -> None:
    """It has to evaluate to true or false for at least one of the examples. Raises FilterRefused."""
    compiled = _compiled(expression)
    if compiled.steps > compiled.most_steps:  # an existing filter of an endpoint keeps working
        steps = f"{compiled.steps} steps for each event, of {compiled.most_steps} that are allowed"
        raise FilterRefused(f"Too long: it takes {steps}.")
    cause = "There is no event that it could be for."
    for kind in kinds:
        try:
            _outcome(expression, SeenByFilters(kind.key, kind.example))
        except FilterRefused:
            raise
        except _NoAnswer as error:
            cause = f"It fails for the example of every event; the last cause: {error}"
        else:
            return
    raise FilterRefused(cause)


def cost_of(expression: str) -> int:
    """Its worst-case cost for each event, in steps."""
    try:
        return _compiled(expression).cost
    except FilterRefused:  # accepted by an earlier version: nothing passes
        return 0


class SeenByFilters:
    """An event as filters see it; converted to CEL values once, for any number of filters."""

    def __init__(self, key: str, data: Mapping[str, Any]) -> None:
        self._facts = {"type": key, "subject": data.get("partner_id", ""), "data": data}

    @cached_property
    def context(self) -> "Context":
        # Takes half a second to import, and only needed for filters.
        from celpy.adapter import json_to_cel  # noqa: PLC0415

        return {name: json_to_cel(value) for name, value in self._facts.items()}


def fits(expression: str, seen: SeenByFilters) -> bool:
    """Whether an event passes; False if the expression has no result for it."""
    try:
        return _outcome(expression, seen)
    except (_NoAnswer, FilterRefused):
        return False


class _NoAnswer(Exception):
    """The expression fails for this event, for example because a field is missing."""


def _outcome(expression: str, seen: SeenByFilters) -> bool:
    from celpy.evaluation import CELEvalError  # noqa: PLC0415

    program = _compiled(expression).program
    try:
        found = program.evaluate(seen.context)
    except CELEvalError as error:
        words = str(error.args[0])[:_LONGEST_CAUSE]
        if "undeclared reference" in words:
            name = words.partition("undeclared reference to ")[2].partition(" (")[0]
            raise FilterRefused(
                f"There is nothing called {name}; there are type, subject and data."
            ) from None
        raise _NoAnswer(words) from None
    except Exception as error:
        # Whatever an untrusted expression causes in the library: the event must not fail for other endpoints.
        raise _NoAnswer(f"{type(error).__name__}: {error}"[:_LONGEST_CAUSE]) from None
    if type(found).__name__ != "BoolType":
        raise _NoAnswer("it comes to neither true nor false")
    return bool(found)


class _Compiled(NamedTuple):
    """``steps`` are the nodes of the expression's tree."""

    program: "Runner"
    steps: int
    has_macro: bool

    @property
    def most_steps(self) -> int:
        return MOST_STEPS_WITH_MACRO if self.has_macro else MOST_STEPS

    @property
    def cost(self) -> int:
        return self.steps * _COST_OF_MACRO if self.has_macro else self.steps


@lru_cache(maxsize=1_000)
def _compiled(expression: str) -> _Compiled:
    from celpy import Environment  # noqa: PLC0415
    from celpy.celparser import CELParseError  # noqa: PLC0415

    if len(expression) > LONGEST_FILTER:
        raise FilterRefused(f"Longer than {LONGEST_FILTER} characters.")
    if _depth(expression) > DEEPEST:
        raise FilterRefused(f"Nested deeper than {DEEPEST} brackets.")
    environment = Environment()
    try:
        tree: Any = environment.compile(expression)
    except (CELParseError, RecursionError) as error:
        line, column = getattr(error, "line", 1) or 1, getattr(error, "column", 1) or 1
        raise FilterRefused(f"Not CEL, at line {line}, column {column}.") from None
    nodes = list(tree.iter_subtrees())
    called = [str(node.children[1]) for node in nodes if node.data == "member_dot_arg"]
    if strange := _NOT_OF_CEL.intersection(called):
        raise FilterRefused(f"There is no {min(strange)} in CEL.")
    count = sum(name in _MACROS for name in called)
    if count > 1:
        raise FilterRefused("Holds more than one macro over a list (exists, all, filter, map, …).")
    if count and len(expression) > LONGEST_WITH_MACRO:
        raise FilterRefused(f"Longer than {LONGEST_WITH_MACRO} characters, and holds a macro over a list.")
    program = environment.program(tree, functions={"matches": _matches, **operators()})
    return _Compiled(program, len(nodes), has_macro=count > 0)


def _matches(text: str, pattern: str) -> Any:
    """As in celpy, but without RE2's own log: an invalid pattern may contain an event's data."""
    import re2  # noqa: PLC0415
    from celpy.celtypes import BoolType  # noqa: PLC0415
    from celpy.evaluation import CELEvalError  # noqa: PLC0415

    options = re2.Options()
    options.log_errors = False
    try:
        return BoolType(re2.compile(pattern, options).search(text) is not None)
    except re2.error as error:
        return CELEvalError("match error", type(error), error.args)


def _depth(expression: str) -> int:
    """The deepest nesting of brackets; those in strings are counted too, which does no harm."""
    depth = deepest = 0
    for letter in expression:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    return deepest
