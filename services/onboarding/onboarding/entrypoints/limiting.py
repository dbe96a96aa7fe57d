"""The gate before what strangers may do: counts an act, or refuses it with 429 and the time to wait."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from math import ceil
from threading import Lock
from typing import Any
from uuid import UUID

import structlog
from flask import g
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from werkzeug.exceptions import HTTPException

from chassis.database import is_away
from chassis.http.client_address import client_address, network_of
from chassis.http.current_service import current_service
from chassis.http.idempotency import is_repetition
from chassis.http.problems import Problem
from chassis.identity.principals import Kind, current_principal
from chassis.text.domains import listed_parent
from chassis.text.mail_addresses import counted_mailbox, domain_of
from chassis.text.public_suffixes import registrable_domain
from onboarding.adapters.counted_acts import CountedKey, Refused
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import WITHOUT_ADDRESS, Act, Measure

_REFUSED = Counter("gangway_refused_acts", "Acts of strangers that a limit refused", ["act", "limit"])
_log = structlog.stdlib.get_logger(__name__)
_told: dict[tuple[Act, str], float] = {}
_telling = Lock()

# What is wrong with a request by itself, and costs us the reading.
_WRONG_CONTENT = frozenset({400, 413, 415, 422})


class TooOften(Problem):
    """The same words whatever limit it was, and whether or not we know the address."""

    def __init__(self, refused: Refused) -> None:
        self.seconds = max(1, ceil(refused.wait.total_seconds()))
        super().__init__(
            429,
            "too_many_requests",
            f"This was asked for too often. Try again in {self.seconds} seconds.",
            headers={"Retry-After": str(self.seconds)},
        )


def pass_limits(act: Act, *, email: str, application_id: UUID | None = None) -> None:
    """Count an act that will be done, or raise TooOften; a repeated request is answered as before.

    Call it outside transactions: it has one of its own.
    """
    values = {
        Measure.ADDRESS: counted_mailbox(email),
        **_domain(email),
        **({Measure.APPLICATION: str(application_id)} if application_id else {}),
    }
    refused = _count(act, values)
    if refused and not is_repetition():
        _tell(act, refused)
        raise TooOften(refused)


def count_refused(act: Act) -> None:
    """Count a request that was refused for its content, by what needs no address; or raise TooOften.

    While the database is away, the refusal needs no count: nothing else comes of the request.
    """
    try:
        refused = _count(act, {})
    except (DBAPIError, PoolEmpty) as error:
        if isinstance(error, DBAPIError) and not is_away(error):
            raise
        return
    if refused:
        _tell(act, refused)
        raise TooOften(refused)


def limited(
    act: Act, arguments: Callable[[Callable[..., Any]], Callable[..., Any]], email_of: Callable[[Any], str]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Read the ``arguments`` of a view of the API and let what they ask for pass the limits.

    Stands in the place of `ApiBlueprint.arguments`, above `idempotent`.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def gated(body: Any, *args: Any, **kwargs: Any) -> Any:
            pass_limits(act, email=email_of(body))
            g.has_passed_limits = True
            return view(body, *args, **kwargs)

        read = arguments(gated)

        @wraps(read)
        def counted(*args: Any, **kwargs: Any) -> Any:
            try:
                return read(*args, **kwargs)
            except HTTPException as wrong:
                if wrong.code in _WRONG_CONTENT and "has_passed_limits" not in g:
                    count_refused(act)
                raise

        documentation = dict(getattr(read, "_apidoc", {}))
        counted._apidoc = {**documentation, "is_limited": True}  # type: ignore[attr-defined]
        return counted

    return decorate


def _count(act: Act, values: Mapping[Measure, str]) -> Refused | None:
    if current_principal().kind is Kind.OPERATOR:
        return None
    service = current_service(OnboardingService)
    return service.counted_acts.count(list(_keys(service, act, values)))


def _keys(service: OnboardingService, act: Act, values: Mapping[Measure, str]) -> Iterator[CountedKey]:
    limits = service.policies.limits
    for measure, limit in limits.acts[act].items():
        if measure is Measure.NETWORK:
            value: str | None = network_of(
                client_address(service.settings.trusted_proxies),
                ipv4_prefix=limits.ipv4_prefix,
                ipv6_prefix=limits.ipv6_prefix,
            )
        else:
            value = "" if measure in WITHOUT_ADDRESS else values.get(measure)
        if value is not None:
            yield CountedKey(measure, service.digests.of(act, measure, value), limit)


def _domain(email: str) -> Mapping[Measure, str]:
    """A company's domain as it was registered, or the provider where anybody gets an address."""
    free_mail_domains = current_service(OnboardingService).policies.free_mail_domains
    domain = domain_of(email)
    if provider := listed_parent(domain, free_mail_domains):
        return {Measure.FREE_MAIL_DOMAIN: provider}
    return {Measure.DOMAIN: registrable_domain(domain)}


def _tell(act: Act, refused: Refused) -> None:
    """Count each refusal, and log the first of each limit and minute, without anybody's address."""
    for name in refused.names:
        _REFUSED.labels(act, name).inc()
        with _telling:
            is_news = time.monotonic() - _told.get((act, name), float("-inf")) >= 60
            if is_news:
                _told[act, name] = time.monotonic()
        if is_news:
            _log.warning("limit reached", act=act.value, limit=name)
