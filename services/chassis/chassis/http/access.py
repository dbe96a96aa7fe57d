"""Who may call what: one table for all services, ``contracts/roles.yaml``.

An endpoint missing from the table stops the start. A foreign id is 404, so that nobody learns which ids
exist.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import yaml
from flask import Flask, current_app, request
from werkzeug.routing import Rule

from chassis.http.principals import Kind, Principal, current_principal, refuse_unknown
from chassis.http.problems import Problem
from chassis.identity.roles import LEARNING_RECORDS, ROLES, includes

ANYBODY, PAGE, SESSION, SUBJECT, CLIENT = "anybody", "page", "session", "subject", "client"
GUEST = "guest"
WORDS = (ANYBODY, PAGE, SESSION, SUBJECT, GUEST, CLIENT, LEARNING_RECORDS, *ROLES)
EVERY_SERVICE = "every service"
FILE = "roles.yaml"

_EXTENSION = "chassis.http.access"
_DOORS = "chassis.http.access.doors"
_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_SCHEMES = {
    SESSION: ("session", "sessionCookie"),
    SUBJECT: ("session", "sessionCookie"),
    GUEST: ("session", "guestCookie"),
    CLIENT: ("clientToken",),
    LEARNING_RECORDS: ("opsToken",),
}


class AccessTableWrong(Exception):
    """The table cannot be used, or lacks an endpoint; the message names it."""


@dataclass(frozen=True)
class Access:
    """Who may call one endpoint."""

    words: frozenset[str]

    @cached_property
    def role(self) -> str | None:
        """The lowest role of operators that suffices; None if no role does."""
        return next((role for role in ROLES if role in self.words), None)

    @cached_property
    def is_open(self) -> bool:
        return bool(self.words & {ANYBODY, PAGE})

    @property
    def schemes(self) -> list[str]:
        """The accepted kinds of credentials, as the OpenAPI document names them."""
        found = [scheme for word in _SCHEMES if word in self.words for scheme in _SCHEMES[word]]
        return [*dict.fromkeys(found), *(["opsToken", "accessToken"] if self.role else [])]

    def lets(self, who: Principal, subject: UUID | str | None) -> bool:
        """Whether this principal may call; ``subject`` is the first id of the path. Raises Problem 404."""
        if self.is_open or (self.role and includes(who.role, self.role)):
            return True
        if LEARNING_RECORDS in self.words and who.operator and LEARNING_RECORDS in who.operator.roles:
            return True
        if who.kind is Kind.CLIENT:
            return CLIENT in self.words
        if who.kind is Kind.GUEST:
            if who.name != str(subject):
                raise Problem(404, "not_found")
            return GUEST in self.words
        if who.kind is not Kind.SUBJECT:
            return False
        if SUBJECT in self.words and who.name != str(subject):
            raise Problem(404, "not_found")
        return bool(self.words & {SUBJECT, SESSION})


NOBODY = Access(frozenset())


class _Door(NamedTuple):
    """Access to the endpoint of a Flask rule, and which of its arguments names the subject."""

    access: Access
    subject: str = ""


def read_access(contracts: Path, service: str) -> dict[str, Access]:
    """The rows of one service, by ``METHOD /path/{argument}``. Raises AccessTableWrong."""
    file = contracts / FILE
    try:
        tables = yaml.safe_load(file.read_text(encoding="utf-8"))
        rows = {**tables[EVERY_SERVICE], **tables.get(service, {})}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise AccessTableWrong(f"{file} cannot be read as a table of access: {error}") from error
    return access_of(rows)


def access_of(rows: Mapping[str, str]) -> dict[str, Access]:
    """Rows as in the file. Raises AccessTableWrong for an unknown word."""
    found = {}
    for endpoint, words in rows.items():
        given = frozenset(str(words).replace(" ", "").split(","))
        if unknown := given - set(WORDS):
            raise AccessTableWrong(f"{FILE}: {endpoint} names nobody known: {', '.join(sorted(unknown))}")
        found[endpoint] = Access(given)
    return found


def register_access(app: Flask, table: Mapping[str, Access]) -> None:
    """Register the table, before the endpoints that it describes are registered."""
    app.extensions[_EXTENSION] = dict(table)


def close_the_rest(app: Flask) -> None:
    """Guard every endpoint from now on. Raises AccessTableWrong naming those that the table lacks."""
    doors = app.extensions[_DOORS] = _doors(app)

    @app.before_request
    def guard() -> None:
        rule = request.url_rule
        # Flask marks rules whose OPTIONS it answers automatically.
        is_answered = request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False)
        if rule is None or is_answered:
            return
        access, subject = doors[request.method, rule.rule]
        if access.is_open:
            return
        who = current_principal()
        if who.kind is Kind.ANONYMOUS:
            refuse_unknown("sign_in_required", "This needs a session or a token.")
        if not access.lets(who, (request.view_args or {}).get(subject)):
            needed = f"This needs the role {access.role}." if access.role else "This is for partners."
            raise Problem(403, "forbidden", needed)


def is_for_guests() -> bool:
    """Whether the request's endpoint is for people signed in by another service."""
    doors: dict[tuple[str, str], _Door] = current_app.extensions[_DOORS]
    door = doors.get((request.method, request.url_rule.rule)) if request.url_rule else None
    return door is not None and GUEST in door.access.words


def access_table(app: Flask | None = None) -> dict[str, Access]:
    """The rows of this app."""
    table: dict[str, Access] = (app or current_app).extensions[_EXTENSION]
    return table


def endpoints(rule: Rule) -> Iterator[str]:
    """The names of a rule's endpoints, as the table has them."""
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield endpoint_name(method, rule.rule)


def endpoint_name(method: str, rule: str) -> str:
    """``GET /v1/partners/{partner_id}`` for the rule ``/v1/partners/<uuid:partner_id>``."""
    path = _ARGUMENT.sub(r"{\1}", rule)
    return f"{method} {path}"


def _doors(app: Flask) -> dict[tuple[str, str], _Door]:
    """By method and rule; GET includes HEAD. Raises AccessTableWrong."""
    table, doors = access_table(app), {}
    found = [(name, rule.rule) for rule in app.url_map.iter_rules() for name in endpoints(rule)]
    if missing := sorted({name for name, _ in found} - table.keys()):
        raise AccessTableWrong(f"{FILE} does not say who may call {', '.join(missing)}")
    for name, rule in found:
        method, door = name.partition(" ")[0], _Door(table[name], *_ARGUMENT.findall(rule)[:1])
        doors[method, rule] = door
        if method == "GET":
            doors["HEAD", rule] = door
    return doors
