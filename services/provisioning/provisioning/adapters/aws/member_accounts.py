"""Clients for member accounts: one for each service and region, shared by all accounts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter

from chassis.failures import NotNow
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.visited_accounts import visiting, visitors_session

CALLS = Counter("gangway_spend_calls_total", "Calls to AWS that looks at spending made", ("service",))


@dataclass
class _Visit:
    """One visit to one account, with the number of calls left."""

    calls_left: int


_visit: ContextVar[_Visit] = ContextVar("visit")


class MemberAccounts:
    """Access to member accounts by the role that Organizations created there. Thread-safe."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws
        self._made = aws.reading_with(visitors_session())
        self._clients: dict[tuple[str, str], Any] = {}

    @contextmanager
    def visit(self, account_id: str, calls_most: int) -> Iterator[None]:
        """Make the clients act in this account. Raises NotNow while the role cannot be assumed."""
        CALLS.labels("sts").inc()
        credentials = self._aws.member_credentials(account_id)
        token = _visit.set(_Visit(calls_most))
        try:
            with visiting(credentials):
                yield
        finally:
            _visit.reset(token)

    def client(self, service: str, region: str) -> Any:
        known = self._clients.get((service, region))
        if known is None:
            known = self._made.new(service, region_name=region)
            known.meta.events.register("before-call", _counting(service))
            self._clients[service, region] = known
        return known


def _counting(service: str) -> Callable[..., None]:
    calls = CALLS.labels(service)

    def count(**_: object) -> None:
        visit = _visit.get()
        visit.calls_left -= 1
        if visit.calls_left < 0:
            raise NotNow("too_much_to_see", "There is more in the account than one look may ask for.")
        calls.inc()

    return count
