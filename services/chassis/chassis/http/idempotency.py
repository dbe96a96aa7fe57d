"""POSTs that may be repeated: the first answer is kept for a day and given again.

    @api.post("/v1/applications")
    @api.arguments(ApplicationSchema)
    @idempotent                                     # opens the transaction, passes the unit of work first
    @api.response(202, AppliedSchema)               # below, so that what is kept is what was sent
    def apply(work: OnboardingUnitOfWork, application: dict[str, Any]) -> dict[str, Any]: ...

The key's scope is route, principal and key (IETF draft-ietf-httpapi-idempotency-key-header): 400 without
a key, 422 for a key used with another request, 409 while the first request still runs. The answer is
written in the transaction of the effect, so there is never one without the other; only 2xx answers are
kept. Bodies hold ids and states: no personal data, no secret (a view that hands out one is not idempotent).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, current_app, g, request

from chassis import failpoints
from chassis.database.round_trips import Opening, Statement, open_with, settle_opening, write_later
from chassis.http.current_service import current_service
from chassis.http.principals import Kind, current_principal
from chassis.http.problems import Problem, WrongValue

HEADER = "Idempotency-Key"
FORM_FIELD = "idempotency_key"
REPLAYED_HEADER = "Idempotency-Replayed"
KEPT_FOR = timedelta(hours=24)
_LONGEST_KEY = 255

# Until the end of the transaction; a unique row alone would make the second request wait.
_LOCK = "SELECT pg_try_advisory_xact_lock(%(number)s)"
_FIND = """
SELECT request_digest, status, body FROM idempotency_answers
WHERE scope = %(scope)s AND principal = %(principal)s AND key = %(key)s AND expires_at > now()
"""
_KEEP = """
INSERT INTO idempotency_answers (scope, principal, key, request_digest, status, body, subject, expires_at)
VALUES (%(scope)s, %(principal)s, %(key)s, %(request_digest)s, %(status)s, %(body)s::json, %(subject)s,
        now() + %(kept_for)s)
ON CONFLICT (scope, principal, key) DO UPDATE SET
    request_digest = EXCLUDED.request_digest, status = EXCLUDED.status, body = EXCLUDED.body,
    subject = EXCLUDED.subject, expires_at = EXCLUDED.expires_at
"""


@dataclass(frozen=True)
class Admission:
    """A query that is answered and committed before the transaction begins, without another round trip.

    ``decide`` gets its rows and raises to refuse the request. ``take_back`` gets them, outside of the
    transaction, if the query should not have counted: for a repetition, and for a failure.
    """

    question: Statement
    decide: Callable[[list[Any]], None]
    take_back: Callable[[list[Any]], None]


def admit_by(admission: Admission) -> None:
    """Begin the view of this request with a query."""
    g.admission = admission


def idempotent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run ``view(work, *args, **kwargs)`` in one transaction of the service's database, once per key.

    Without `api.response` below it, the view returns JSON values, alone or with a status.
    """

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        request_columns = _request_columns()
        try:
            with _taken_back_unless_done() as asked, current_service().open_work() as work:
                open_with(work.connection, _opening(request_columns, asked))
                try:
                    answer = view(work, *args, **kwargs)
                except Exception:
                    # A repetition gets the first answer, whatever the view would say now.
                    settle_opening(work.connection)
                    raise
                status, body = _status_and_json(answer)
                if 200 <= status < 300:
                    kept = {**request_columns, "status": status, "body": body, "kept_for": KEPT_FOR}
                    write_later(work.connection, _KEEP, kept)
                    asked.is_done = True
        except _AnsweredBefore as before:
            if before.digest != request_columns["request_digest"]:
                raise _wrong_key(
                    422, "idempotency_key_reused", "The key was used with another request."
                ) from None
            return _again(before.status, before.body, as_response=makes_response)
        failpoints.reach("web.after_commit")
        return answer if isinstance(answer, Response) else (json.loads(body), status)

    documentation = deepcopy(getattr(view, "_apidoc", {}))
    # Where `api.response` stands below `idempotent`, the view itself makes the response.
    makes_response = "success_status_codes" in documentation
    documentation["is_idempotent"] = True
    once._apidoc = documentation  # type: ignore[attr-defined]
    return once


def _request_columns() -> dict[str, Any]:
    """The scope of the key, and the request it belongs to.

    Names and keys are stored only as digests, since they may contain anything.
    """
    # A page's form has the key as a field: a double click is a repetition, too.
    key = (request.headers.get(HEADER) or request.form.get(FORM_FIELD, "")).strip().strip('"')
    if not key:
        raise _wrong_key(400, "idempotency_key_missing", "Missing: choose a new one for each intent.")
    if len(key) > _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise _wrong_key(400, "idempotency_key_invalid", f"Up to {_LONGEST_KEY} visible ASCII characters.")
    who = current_principal()
    rule = request.url_rule.rule if request.url_rule else ""
    return {
        "scope": f"{request.method} {rule}",
        "principal": f"{who.kind.value}:{_digest(who.identity).hex()}",
        "key": _digest(key).hex(),
        "subject": who.name if who.kind in (Kind.SUBJECT, Kind.GUEST) else None,
        "request_digest": _request_digest(),
    }


def _request_digest() -> bytes:
    """Equal for equal JSON, whatever its spacing and order of names."""
    body = request.get_data(cache=True)
    if request.is_json:
        # Invalid or too deeply nested JSON as it is: a view may read no body at all.
        with suppress(ValueError, RecursionError):
            body = json.dumps(json.loads(body), sort_keys=True).encode()
    elif request.form:
        body = json.dumps(sorted(request.form.items(multi=True))).encode()
    return _digest(f"{request.full_path}\n{request.mimetype}\n", body)


class _AnsweredBefore(Exception):
    """The key was used, and its answer is stored: the transaction has nothing to do."""

    def __init__(self, digest: bytes, status: int, body: Any) -> None:
        self.digest, self.status, self.body = digest, status, body
        super().__init__("answered before")


@dataclass
class _Asked:
    """The request's admission, if it has one, its rows, and whether the request succeeded."""

    admission: Admission | None
    answers: list[list[Any]] = field(default_factory=list)
    is_done: bool = False


@contextmanager
def _taken_back_unless_done() -> Iterator[_Asked]:
    asked = _Asked(g.get("admission"))
    is_committed = False
    try:
        yield asked
        is_committed = True
    finally:
        if asked.admission and asked.answers and not (is_committed and asked.is_done):
            asked.admission.take_back(asked.answers[0])


def _opening(columns: Mapping[str, Any], asked: _Asked) -> Opening:
    """Take the key for this transaction, and end it for a used one."""
    whole_key = _digest(f"{columns['scope']}\n{columns['principal']}\n{columns['key']}")
    lock_number = int.from_bytes(whole_key[:8], signed=True)
    questions: list[Statement] = [(_LOCK, {"number": lock_number}), (_FIND, columns)]

    def answered(rows: list[list[Any]]) -> None:
        *asked.answers, [[got_it]], kept = rows
        if not got_it:
            raise Problem(
                409,
                "request_in_progress",
                "The first request with this Idempotency-Key still runs.",
                headers={"Retry-After": "1"},
            )
        if kept:
            raise _AnsweredBefore(*kept[0])
        if asked.admission:
            asked.admission.decide(asked.answers[0])

    admissions = [asked.admission.question] if asked.admission else []
    return Opening(questions, answered, committed_first=admissions)


def _status_and_json(answer: Any) -> tuple[int, str]:
    if isinstance(answer, Response):
        return answer.status_code, answer.get_data(as_text=True) or "null"
    body, status = answer if isinstance(answer, tuple) else (answer, 200)
    return int(status), current_app.json.dumps(body)


def _again(status: int, body: Any, *, as_response: bool) -> Any:
    if as_response:
        response = current_app.json.response(body)
        response.status_code = status
        response.headers[REPLAYED_HEADER] = "true"
        return response
    return body, status, {REPLAYED_HEADER: "true"}


def _wrong_key(status: int, code: str, detail: str) -> Problem:
    return Problem(status, code, detail, errors=[WrongValue("header", HEADER, detail)])


def _digest(words: str, data: bytes = b"") -> bytes:
    return hashlib.sha256(words.encode() + data).digest()
