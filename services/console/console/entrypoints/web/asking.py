"""The services, asked with the token of who is signed in: one by one, or side by side within a time limit."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotAnswered
from time import monotonic
from typing import Generic, TypeVar

from chassis.http.current_service import current_service
from chassis.http.languages import current_language
from console.bootstrap import ConsoleService
from console.entrypoints.web.who_is_signed_in import signed_in
from operator_client.access import Access
from operator_client.event_operations import EventOperations
from operator_client.http import OperatorsFailure, OperatorsHttp, Refused, Unreachable
from operator_client.operator import Operator

Answer = TypeVar("Answer")
UNAUTHORIZED = 401
# An act may take longer than a look: a dead letter is handled within it.
PATIENCE_FOR_ACTS_SECONDS = 30.0


def operator(*, act_key: str | None = None) -> Operator:
    """The services as the signed-in person reaches them; with ``act_key`` for one act."""
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
    """Those that this deployment has."""
    return current_service(ConsoleService).settings.services


def events_of(service: str, *, act_key: str | None = None) -> EventOperations:
    """The events of one service."""
    return EventOperations(operator(act_key=act_key).http, service)


class Answers(Generic[Answer]):
    """What came of questions that were asked side by side."""

    def __init__(self) -> None:
        self.found: dict[str, Answer] = {}
        self.failures: dict[str, OperatorsFailure] = {}

    def get(self, name: str, instead: Answer) -> Answer:
        """The answer, or something instead of it."""
        return self.found.get(name, instead)


def ask_together(questions: Mapping[str, Callable[[], Answer]]) -> Answers[Answer]:
    """Ask all at once; what failed, or took too long, stands in `failures` and keeps nobody waiting.

    Raises Refused where a token is not taken any more: that concerns the whole page.
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
