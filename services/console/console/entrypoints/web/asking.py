"""Calls the services with the signed-in person's token: one by one, or in parallel within a time limit."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotAnswered
from functools import partial
from time import monotonic
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import abort, request

from chassis.http.current_service import current_service
from chassis.http.languages import current_language
from console.bootstrap import ConsoleService
from console.entrypoints.web.failure_pages import UNAUTHORIZED
from console.entrypoints.web.who_is_signed_in import signed_in
from operator_client.access import Access
from operator_client.http import OperatorsFailure, OperatorsHttp, Refused, Unreachable
from operator_client.operations import OPERATIONS, values
from operator_client.operator import Facts, Operator

Answer = TypeVar("Answer")
# An act may take longer than a query: it may handle a dead letter.
PATIENCE_FOR_ACTS_SECONDS = 30.0
ON_A_PAGE = 50
LONGEST_FILTER = 512


def operator(*, act_key: str | None = None) -> Operator:
    """The services, called as the signed-in person; with ``act_key`` for one act."""
    service = current_service(ConsoleService)
    settings = service.settings
    return Operator(
        OperatorsHttp(
            Access(settings.service_urls, signed_in().tokens.access_token),
            service.connections,
            patience_seconds=settings.patience_seconds if act_key is None else PATIENCE_FOR_ACTS_SECONDS,
            language=current_language(),
            act_key=act_key,
        )
    )


def services() -> tuple[str, ...]:
    """The services of this deployment."""
    return current_service(ConsoleService).settings.services


def page(row: str, **wanted: Any) -> Facts:
    """The page of a list that the address asks for."""
    found = operator().page(row, limit=ON_A_PAGE, cursor=request.args.get("cursor"), **wanted)
    return {name: found[name] for name in (OPERATIONS[row].items, "next_cursor")}


def chosen(row: str, name: str, instead: str | None = None) -> str | None:
    """The value in the address, if it is one that the operation accepts."""
    wanted = request.args.get(name)
    return wanted if wanted in values(row, name) else instead


def one_in(row: str, name: str, wanted: UUID, **where: Any) -> Facts:
    """The item of a list with this id; raises 404."""
    found = next((one for one in operator().all(row, **where) if one[name] == str(wanted)), None)
    return found or abort(404)


def known_service(service: str) -> str:
    """Raises 404 for any other."""
    if service not in services():
        abort(404)
    return service


def wanted_services() -> tuple[str, ...]:
    """The service that the address names, or all."""
    wanted = request.args.get("service")
    return (wanted,) if wanted in services() else services()


def pages_of_services(
    row: str, limit: int, wanted: Iterable[str] | None = None, **query: Any
) -> "Answers[Facts]":
    """A page of the list of each wanted service, in parallel."""
    asked, names = operator(), wanted_services() if wanted is None else wanted
    return ask_together({name: partial(asked.page, row, name, limit=limit, **query) for name in names})


def lists_of_services(row: str) -> "Answers[list[Facts]]":
    """The whole list of each service, in parallel."""
    asked = operator()
    return ask_together({name: partial(_whole, asked, row, name) for name in services()})


def _whole(asked: Operator, row: str, service: str) -> list[Facts]:
    return list(asked.all(row, service))


def named(pages: "Answers[Facts]", row: str) -> list[list[Facts]]:
    """The lists of the services, each line with the name of its service."""
    member = OPERATIONS[row].items
    return [[{"service": name, **line} for line in page[member]] for name, page in pages.found.items()]


class Answers(Generic[Answer]):
    """The results of parallel calls."""

    def __init__(self) -> None:
        self.found: dict[str, Answer] = {}
        self.failures: dict[str, OperatorsFailure] = {}

    def get(self, name: str, instead: Answer) -> Answer:
        """The answer, or a default."""
        return self.found.get(name, instead)


def ask_together(questions: Mapping[str, Callable[[], Answer]]) -> Answers[Answer]:
    """Make all calls at once; those that failed or took too long are in `failures` and delay nobody.

    Raises Refused if a token is no longer accepted, because that concerns the whole page.
    """
    service = current_service(ConsoleService)
    ends_at = monotonic() + service.settings.patience_seconds + 0.5
    asked: dict[str, Future[Answer]] = {
        name: service.asking.submit(question) for name, question in questions.items()
    }
    answers: Answers[Answer] = Answers()
    for name, future in asked.items():
        try:
            answers.found[name] = future.result(max(0.0, ends_at - monotonic()))
        except OperatorsFailure as failure:
            if isinstance(failure, Refused) and failure.status == UNAUTHORIZED:
                raise
            answers.failures[name] = failure
        except NotAnswered:
            future.cancel()
            answers.failures[name] = Unreachable(f"{name} did not answer in time.")
        except (KeyError, TypeError, ValueError, AttributeError):
            answers.failures[name] = Unreachable(f"{name} answered what cannot be understood.")
    return answers
