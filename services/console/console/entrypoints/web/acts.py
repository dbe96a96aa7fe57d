"""Acts: a page that says what will happen and asks why, and the act itself. Every act of the console is one.

Its words are ``act-<name>``, the button, with ``.effects`` (what will happen), ``.reader`` (who reads the
reason) and ``.done``. Its form carries a key, so that a double click, or a second try after a cut, does
nothing twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for

from chassis.http.current_service import current_service
from chassis.http.languages import translate
from chassis.identity.roles import includes
from console.bootstrap import ConsoleService
from console.entrypoints.web.asking import operator
from console.entrypoints.web.identifiers import whole_id
from console.entrypoints.web.told_failures import UNAUTHORIZED, status_of
from console.entrypoints.web.who_is_signed_in import signed_in
from console.entrypoints.web.words import utc
from operator_client.http import OperatorsFailure, Proposed, Refused, Unreachable
from operator_client.operator import Facts

LONGEST_REASON = 2_000
LONGEST_TYPED = 512
UNPROCESSABLE = 422

Where = Mapping[str, Any]
Given = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """What an act is about, as it stands now; ``back`` is the page to return to."""

    title: str
    back: str
    facts: Sequence[tuple[str, str]] = ()
    listed: Sequence[str] = ()


@dataclass(frozen=True)
class Choice:
    """What is to be chosen beside the reason: one of ``values``, or several of them."""

    name: str
    words: str
    values: Sequence[str]
    is_several: bool = False


@dataclass(frozen=True)
class Field:
    """What is to be typed beside the reason; ``type`` is an HTML input's: text, number or datetime-local."""

    name: str
    type: str = "text"
    is_required: bool = True

    def read(self, typed: str) -> str:
        """As the services want it, empty for what cannot be read; times are meant in UTC."""
        if self.type == "number":
            return typed if typed.isdecimal() and typed.isascii() else ""
        return utc(typed) or "" if self.type == "datetime-local" else typed


@dataclass(frozen=True)
class Act:
    """One thing that an operator can do."""

    name: str
    describe: Callable[..., Target]
    perform: Callable[..., Any]
    # The row of the table of roles that says who may; its service, where only one has it.
    needs: str
    service: str | None = None
    choice: Choice | None = None
    fields: Sequence[Field] = ()
    is_grave: bool = False
    # Told in place of the way back, where the act brings something to see.
    answer: Callable[..., Any] | None = None
    # The way on, where it does not lead back.
    follow: Callable[..., str] | None = None
    # What came of it in a sentence, where that is more than that it was done.
    tell: Callable[[Any], str] | None = None
    # What a refusal means here, in words, and what more may be given then.
    explain: Callable[..., Mapping[str, Any]] | None = None


ACTS_BY_NAME: dict[str, Act] = {}


def add_act(pages: Blueprint, rule: str, act: Act) -> None:
    """Register both pages of the act below ``rule``."""

    def show(**where: Any) -> str:
        return _form(act, where)

    def do(**where: Any) -> Any:
        return _do(act, where)

    if act.name in ACTS_BY_NAME:
        raise ValueError(f"two acts are called {act.name}")
    ACTS_BY_NAME[act.name] = act
    name = act.name.replace("-", "_")
    pages.add_url_rule(rule, f"ask_{name}", show, methods=["GET"])
    pages.add_url_rule(rule, f"do_{name}", do, methods=["POST"])


def may(name: str) -> bool:
    """Whether to offer this act: the services have the same table, and the last word."""
    act = ACTS_BY_NAME[name]
    return may_call(act.needs, act.service)


def may_call(endpoint: str, service: str | None = None) -> bool:
    """Whether the one signed in has the role that a row of the table of roles asks for."""
    tables = current_service(ConsoleService).access
    needed = tables[service or next(iter(tables))][endpoint].role
    return needed is not None and includes(signed_in().role, needed)


def _do(act: Act, where: Where) -> Any:
    given = _given(act)
    if missing := _missing(act, given):
        return _form(act, where, missing=missing), UNPROCESSABLE
    key = whole_id(request.form.get("key", "")) or str(uuid4())
    try:
        read = {field.name: field.read(given[field.name]) for field in act.fields}
        outcome = act.perform(operator(act_key=key), {**given, **read, "key": key}, **where)
    except Proposed:
        flash(translate("act-proposed"), "warn")
        return redirect(_back(act, where), 303)
    except OperatorsFailure as failure:
        if isinstance(failure, Refused) and failure.status == UNAUTHORIZED:
            raise
        # Nobody knows whether it was done: asked again with the same key, it is not done twice.
        kept = key if isinstance(failure, Unreachable) else None
        return _form(act, where, failure=failure, key=kept), status_of(failure)
    if act.answer is not None:
        return act.answer(outcome, **where)
    _note_done(act, outcome)
    return redirect(act.follow(**where) if act.follow else _back(act, where), 303)


def _back(act: Act, where: Where) -> str:
    """What was done is done, also where the page to return to cannot be shown now."""
    try:
        return act.describe(**where).back
    except OperatorsFailure:
        return url_for("home.show")


def _given(act: Act) -> dict[str, Any]:
    given: dict[str, Any] = {"reason": request.form.get("reason", "").strip()[:LONGEST_REASON]}
    if act.choice is not None:
        chosen = [value for value in request.form.getlist(act.choice.name) if value in act.choice.values]
        given[act.choice.name] = chosen if act.choice.is_several else next(iter(chosen), "")
    given |= {field.name: _typed(field) for field in act.fields}
    if other := whole_id(request.form.get("other_than", "")):
        given["other_than"] = other
    return given


def _typed(field: Field) -> str:
    return request.form.get(field.name, "").strip()[:LONGEST_TYPED]


def _missing(act: Act, given: Given) -> list[str]:
    """What is not there, or cannot be read: nothing that was typed is left out in silence."""
    names = ["reason", *([act.choice.name] if act.choice else [])]
    unread = [
        field.name
        for field in act.fields
        if not field.read(given[field.name]) and (field.is_required or given[field.name])
    ]
    return [*(name for name in names if not given[name]), *unread]


def _note_done(act: Act, outcome: Any) -> None:
    result = outcome.get("outcome") if isinstance(outcome, dict) else None
    if result and result not in {"replayed", "discarded"}:
        flash(translate("act-came-to", outcome=str(result)), "warn")
    else:
        flash(act.tell(outcome) if act.tell else translate(f"act-{act.name}.done"), "good")


def _form(
    act: Act,
    where: Where,
    *,
    missing: Sequence[str] = (),
    failure: OperatorsFailure | None = None,
    key: str | None = None,
) -> str:
    more: Mapping[str, Any] = {}
    try:
        target = act.describe(**where)
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
        given=_given(act) if request.method == "POST" else {},
        missing=missing,
        failure=failure,
        more=more,
        key=key or str(uuid4()),
        longest=LONGEST_REASON,
    )


def facts_of(*facts: tuple[str, Facts | str | None]) -> list[tuple[str, str]]:
    """Those that have a value."""
    return [(name, str(value)) for name, value in facts if value not in (None, "")]
