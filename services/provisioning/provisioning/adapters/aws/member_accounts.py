"""Clients for member accounts: one for each service and region, whichever account is looked at.

A client costs a hundred times what a call costs, so none is made for each account: they sign with the
credentials of the account that the thread visits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from botocore.credentials import CredentialProvider, Credentials, ReadOnlyCredentials
from prometheus_client import Counter

from chassis.failures import NotNow
from provisioning.adapters.aws.clients import AwsClients

CALLS = Counter("gangway_spend_calls_total", "Calls to AWS that looks at spending made", ("service",))


@dataclass
class _Visit:
    """One look at one account, and how many calls it may still make."""

    credentials: ReadOnlyCredentials
    calls_left: int


_visit: ContextVar[_Visit] = ContextVar("visit")


class _OfVisit(Credentials):
    """Those of the account that the thread visits; outside of a visit there are none."""

    def __init__(self) -> None:
        super().__init__("visit", "visit")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _visit.get().credentials


class _Visitors(CredentialProvider):
    METHOD = "visit"

    def load(self) -> Credentials:
        return _OfVisit()


class MemberAccounts:
    """The way into member accounts, by the role that Organizations made there. Threads may share it."""

    def __init__(self, aws: AwsClients) -> None:
        session = botocore.session.get_session()
        session.get_component("credential_provider").insert_before("env", _Visitors())
        self._aws = aws
        self._made = aws.signing_with(boto3.Session(botocore_session=session))
        self._clients: dict[tuple[str, str], Any] = {}

    @contextmanager
    def visit(self, account_id: str, calls_most: int) -> Iterator[None]:
        """Have the clients act in this account. Raises NotNow while the role cannot be assumed."""
        CALLS.labels("sts").inc()
        token = _visit.set(_Visit(self._aws.member_credentials(account_id), calls_most))
        try:
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
