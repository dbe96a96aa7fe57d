"""Acts: a page that says what will happen and asks why, and the act itself. Every act of the console is one.

Its words are ``act-<name>``, the button, with ``.effects`` (what will happen), ``.reader`` (who reads the
reason) and ``.done``. Its form carries a key, so that a double click, or a second try after a cut, does
nothing twice.
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
    """What an act is about, as it stands now; ``back`` is the page to return to.

    ``facts`` are a word and a value each; an empty value is not shown.
    """

    title: str
    back: str
    facts: Sequence[tuple[str, str | None]] = ()
    listed: Sequence[str] = ()


@dataclass(frozen=True)
class Asked:
    """What is to be given beside the reason: typed, or chosen where there are ``values``."""

    name: str
    kind: str = "text"
    values: Sequence[str] = ()
    is_required: bool = True
    least: int | None = None
    most: int | None = None

    @property
    def words(self) -> str:
        """The kind of words of its values."""
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
        """As the services want it, None for what cannot be read; times are meant in UTC."""
        if self.kind == "integer":
            return int(given) if given.isdecimal() and given.isascii() else None
        if self.kind == "time":
            return utc(given)
        if self.kind == "array" and not self.values:
            return given.replace(",", " ").split() or None
        return given or None


def asked_by(row: str, name: str) -> Asked:
    """A field of the operation as a form asks for it; what can be chosen has to be."""
    field = OPERATIONS[row].fields[name]
    is_required = field.is_required or bool(field.values)
    return Asked(name, field.kind, field.values, is_required, field.least, field.most)


def nothing_more(_: Given) -> Given:
    """The address and the form say it all."""
    return {}


@dataclass(frozen=True)
class Act:
    """One thing that an operator can do; ``row`` is its row of the table of roles.

    The body is what of ``row``'s fields the address, the form and ``adds`` give.
    """

    name: str
    row: str
    asks: Sequence[str | Asked] = ()
    is_grave: bool = False
    # Where its pages are, if not by its name.
    at: str | None = None
    adds: Callable[[Given], Given] = nothing_more
    # In place of the one operation.
    perform: Callable[[Given], Any] | None = None
    # Told in place of the way back, where the act brings something to see.
    answer: Callable[..., Any] | None = None
    # The way on, where it does not lead back.
    follow: Callable[..., str] | None = None
    # What came of it in a sentence, where that is more than that it was done.
    tell: Callable[[Any], str] | None = None
    # What a refusal means here, in words, and what more may be given then.
    explain: Callable[..., Mapping[str, Any]] | None = None

    @property
    def service(self) -> str | None:
        """Whose it is; None for one of every service."""
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
    """Whether to offer this act: the services have the same table, and the last word."""
    act = ACTS_BY_NAME[name]
    return may_call(act.row, act.service)


def may_call(endpoint: str, service: str | None = None) -> bool:
    """Whether the one signed in has the role that a row of the table of roles asks for."""
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
        # Nobody knows whether it was done: asked again with the same key, it is not done twice.
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
    """What was done is done, also where the page to return to cannot be shown now."""
    try:
        return describe(**where).back
    except OperatorsFailure:
        return url_for("home.show")


def _given(act: Act) -> dict[str, Any]:
    """As it was typed: what is too long is for the service to refuse, and never cut in silence."""
    given: dict[str, Any] = {"reason": request.form.get("reason", "").strip()}
    given |= {field.name: _typed(field) for field in act.fields}
    if other := whole_id(request.form.get("other_than", "")):
        given["other_than"] = other
    return given


def _proposed(act: Act) -> Given:
    """What the page that led here knows already; nothing is chosen for anybody."""
    typed = [field.name for field in act.fields if not field.values]
    return {name: request.args[name] for name in typed if name in request.args}


def _typed(field: Asked) -> Any:
    if not field.values:
        return request.form.get(field.name, "").strip()
    chosen = [value for value in request.form.getlist(field.name) if value in field.values]
    return chosen if field.is_several else next(iter(chosen), "")


def _missing(act: Act, given: Given, read: Given) -> list[str]:
    """What is not there, or cannot be read: nothing that was typed is left out in silence."""
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
        # The reason that was typed, and the key, must outlast a service that is away.
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
