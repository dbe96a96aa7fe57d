"""Acts: a page that says what will happen and asks for a reason, then the act. All of the console's are here.

Its texts are ``act-<name>``, the button, with ``.effects`` (what will happen), ``.reader`` (who reads the
reason) and ``.done``. Its form carries a key, so that a double click, or a retry after a lost connection,
does not do it twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from chassis.http.current_service import current_service
from chassis.http.languages import translate
from chassis.identity.roles import includes
from console.bootstrap import ConsoleService
from console.entrypoints.web.asking import operator, services
from console.entrypoints.web.failure_pages import UNAUTHORIZED, status_of
from console.entrypoints.web.who_is_signed_in import signed_in
from console.entrypoints.web.words import utc, whole_id
from operator_client.http import OperatorsFailure, Proposed, Refused, Unreachable
from operator_client.operations import OPERATIONS

LONGEST_REASON = 2_000
UNPROCESSABLE = 422
YES_OR_NO = ("yes", "no")

Where = Mapping[str, Any]
Given = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """What an act is about, in its present state; ``back`` is the page to return to.

    ``facts`` are pairs of a word and a value; an empty value is not shown.
    """

    title: str
    back: str
    facts: Sequence[tuple[str, str | None]] = ()
    listed: Sequence[str] = ()


@dataclass(frozen=True)
class Asked:
    """An input beside the reason: typed, or chosen if there are ``values``."""

    name: str
    kind: str = "text"
    values: Sequence[str] = ()
    is_required: bool = True
    least: int | None = None
    most: int | None = None

    @property
    def words(self) -> str:
        """The prefix of the texts of its values."""
        if self.values == YES_OR_NO:
            return "answer"
        return "field" if self.name == "fields" else self.name

    @property
    def is_several(self) -> bool:
        return self.kind == "array" and bool(self.values)

    @property
    def input(self) -> str:
        """The type of an HTML input."""
        return {"integer": "number", "time": "datetime-local"}.get(self.kind, "text")

    def read(self, given: Any) -> Any:
        """In the form that the services expect, or None if it cannot be read; times are in UTC."""
        if self.kind == "integer":
            return int(given) if given.isdecimal() and given.isascii() else None
        if self.kind == "time":
            return utc(given)
        if self.kind == "array" and not self.values:
            return given.replace(",", " ").split() or None
        return given or None


def asked_by(row: str, name: str) -> Asked:
    """A field of the operation as a form input; fields with choices are required."""
    field = OPERATIONS[row].fields[name]
    is_required = field.is_required or bool(field.values)
    return Asked(name, field.kind, field.values, is_required, field.least, field.most)


def nothing_more(_: Given) -> Given:
    """Address and form contain everything."""
    return {}


@dataclass(frozen=True)
class Act:
    """One thing that an operator can do; ``row`` is its row of the table of roles.

    The body consists of those fields of ``row`` that the address, the form and ``adds`` provide.
    """

    name: str
    row: str
    asks: Sequence[str | Asked] = ()
    is_grave: bool = False
    # The path of its pages, if not its name.
    at: str | None = None
    adds: Callable[[Given], Given] = nothing_more
    # Instead of calling the one operation.
    perform: Callable[[Given], Any] | None = None
    # Shown instead of the way back, if the act returns something to see.
    answer: Callable[..., Any] | None = None
    # The next page, if it is not the one before.
    follow: Callable[..., str] | None = None
    # A sentence about the result, if there is more to say than that it was done.
    tell: Callable[[Any], str] | None = None
    # What a refusal means here, in words, and further inputs that are then possible.
    explain: Callable[..., Mapping[str, Any]] | None = None

    @property
    def service(self) -> str | None:
        """The service it belongs to; None if each service has it."""
        return OPERATIONS[self.row].service

    @property
    def fields(self) -> Sequence[Asked]:
        return [one if isinstance(one, Asked) else asked_by(self.row, one) for one in self.asks]


ACTS_BY_NAME: dict[str, Act] = {}
_ENDPOINTS: dict[str, str] = {}


def add_acts(pages: Blueprint, under: str, describe: Callable[..., Target], *acts: Act) -> None:
    """Register both pages of each act below ``under``; ``describe`` says what they are about."""
    for act in acts:
        _add(pages, f"{under}/{act.at or act.name}", act, describe)


def _add(pages: Blueprint, rule: str, act: Act, describe: Callable[..., Target]) -> None:
    def show(**where: Any) -> str:
        _check_service(act, where)
        return _form(act, describe, where)

    def do(**where: Any) -> Any:
        _check_service(act, where)
        return _do(act, describe, where)

    if act.name in ACTS_BY_NAME:
        raise ValueError(f"two acts are called {act.name}")
    ACTS_BY_NAME[act.name] = act
    name = act.name.replace("-", "_")
    _ENDPOINTS[act.name] = f"{pages.name}.ask_{name}"
    pages.add_url_rule(rule, f"ask_{name}", show, methods=["GET"])
    pages.add_url_rule(rule, f"do_{name}", do, methods=["POST"])


def _check_service(act: Act, where: Where) -> None:
    if (act.service or where["service"]) not in services():
        abort(404)


def act_url(name: str, **where: Any) -> str:
    """The page that asks for this act."""
    return url_for(_ENDPOINTS[name], **where)


def may(name: str) -> bool:
    """Whether to offer this act: the services use the same table and decide."""
    act = ACTS_BY_NAME[name]
    return may_call(act.row, act.service)


def may_call(endpoint: str, service: str | None = None) -> bool:
    """Whether the signed-in person has the role that a row of the table of roles requires."""
    tables = current_service(ConsoleService).access
    needed = tables[service or next(iter(tables))][endpoint].role
    return needed is not None and includes(signed_in().role, needed)


def _do(act: Act, describe: Callable[..., Target], where: Where) -> Any:
    given = _given(act)
    read = {field.name: field.read(given[field.name]) for field in act.fields}
    if missing := _missing(act, given, read):
        return _form(act, describe, where, missing=missing), UNPROCESSABLE
    key = whole_id(request.form.get("key", "")) or str(uuid4())
    told = {name: fact for name, fact in {**given, **read, "key": key}.items() if fact is not None}
    try:
        outcome = act.perform(told) if act.perform else _perform(act, told, where)
    except Proposed:
        flash(translate("act-proposed"), "warn")
        return redirect(_back(describe, where), 303)
    except OperatorsFailure as failure:
        if isinstance(failure, Refused) and failure.status == UNAUTHORIZED:
            raise
        # It may have been done: a retry with the same key does not do it twice.
        kept = key if isinstance(failure, Unreachable) else None
        return _form(act, describe, where, failure=failure, key=kept), status_of(failure)
    if act.answer is not None:
        return act.answer(outcome, **where)
    _note_done(act, outcome)
    return redirect(act.follow(**where) if act.follow else _back(describe, where), 303)


def _perform(act: Act, told: Given, where: Where) -> Any:
    """Some operations call the reason a message."""
    operation, named = OPERATIONS[act.row], {name: str(value) for name, value in where.items()}
    known = {"message": told["reason"], **named, **told, **act.adds(told)}
    facts = {name: known[name] for name in (*operation.names_in_path, *operation.fields) if name in known}
    return operator(act_key=told["key"]).ask(act.row, where.get("service"), **facts)


def _back(describe: Callable[..., Target], where: Where) -> str:
    """The act succeeded, even if the page to return to cannot be shown now."""
    try:
        return describe(**where).back
    except OperatorsFailure:
        return url_for("home.show")


def _given(act: Act) -> dict[str, Any]:
    """As typed: the service refuses what is too long; it is never cut off silently."""
    given: dict[str, Any] = {"reason": request.form.get("reason", "").strip()}
    given |= {field.name: _typed(field) for field in act.fields}
    if other := whole_id(request.form.get("other_than", "")):
        given["other_than"] = other
    return given


def _proposed(act: Act) -> Given:
    """What the page that led here already knows; nothing is preselected."""
    typed = [field.name for field in act.fields if not field.values]
    return {name: request.args[name] for name in typed if name in request.args}


def _typed(field: Asked) -> Any:
    if not field.values:
        return request.form.get(field.name, "").strip()
    chosen = [value for value in request.form.getlist(field.name) if value in field.values]
    return chosen if field.is_several else next(iter(chosen), "")


def _missing(act: Act, given: Given, read: Given) -> list[str]:
    """Inputs that are missing or cannot be read, so that nothing typed is dropped silently."""
    unread = [field for field in act.fields if read[field.name] is None]
    names = [field.name for field in unread if field.is_required or given[field.name]]
    return names if given["reason"] else ["reason", *names]


def _note_done(act: Act, outcome: Any) -> None:
    result = outcome.get("outcome") if isinstance(outcome, dict) else None
    if result and result not in {"replayed", "discarded"}:
        flash(translate("act-came-to", outcome=str(result)), "warn")
    else:
        flash(act.tell(outcome) if act.tell else translate(f"act-{act.name}.done"), "good")


def _form(
    act: Act,
    describe: Callable[..., Target],
    where: Where,
    *,
    missing: Sequence[str] = (),
    failure: OperatorsFailure | None = None,
    key: str | None = None,
) -> str:
    more: Mapping[str, Any] = {}
    try:
        target = describe(**where)
    except OperatorsFailure:
        if failure is None:
            raise
        # The typed reason and the key must survive an unavailable service.
        target = Target(title="", back=url_for("home.show"))
    if isinstance(failure, Refused) and act.explain is not None:
        more = act.explain(failure, **where)
    return render_template(
        "act.html",
        act=act,
        target=target,
        given=_given(act) if request.method == "POST" else _proposed(act),
        missing=missing,
        failure=failure,
        more=more,
        key=key or str(uuid4()),
        longest=LONGEST_REASON,
    )
