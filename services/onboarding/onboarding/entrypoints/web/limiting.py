"""Rate limits of what needs no sign-in: count an act, or refuse it with 429 and the time to wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from werkzeug.exceptions import HTTPException

from chassis.database.counted_acts import CountedKey, counting, refused_by
from chassis.database.outages import is_unavailable
from chassis.http.client_address import client_address, network_of
from chassis.http.current_service import current_service
from chassis.http.idempotency import Admission, admit_by
from chassis.http.principals import current_principal
from chassis.http.too_often import too_often
from chassis.text.domains import listed_parent
from chassis.text.mail_addresses import counted_mailbox
from chassis.text.public_suffixes import registrable_domain
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import Act, Measure
from onboarding.domain.refusals import LinkRefused
from onboarding.entrypoints.web.link_tokens import LinkNotSigned

# What is wrong with a request by itself, and costs us the reading.
_WRONG_CONTENT = frozenset({400, 413, 415, 422})


def pass_limits(act: Act, *, email: str | None = None, application_id: UUID | None = None) -> None:
    """Count an act that will be done, or raise TooOften.

    Call it outside transactions: it has one of its own.
    """
    keys = _keys(act, email, application_id)
    if refused := current_service(OnboardingService).counted_acts.count(keys):
        raise too_often(act, refused)


def limit_once(act: Act, *, email: str | None = None, application_id: UUID | None = None) -> None:
    """Have the idempotent view that follows count an act, or raise TooOften.

    Neither repetitions nor failures are acts: their counts are taken back, unless the database becomes
    unavailable meanwhile or the process dies.
    """
    keys = _keys(act, email, application_id)

    def decide(rows: list[Any]) -> None:
        if refused := refused_by(keys, rows):
            raise too_often(act, refused)

    def take_back(rows: list[Any]) -> None:
        if refused_by(keys, rows) is None:
            with _unless_away():
                current_service(OnboardingService).counted_acts.take_back(keys)

    if keys:
        admit_by(Admission(counting(keys), decide, take_back))


def count_refused(act: Act) -> None:
    """Count a request that was refused for its content, by what needs no address; or raise TooOften.

    While the database is unavailable, the refusal needs no count: the request has no other effect.
    """
    refused = None
    with _unless_away():
        refused = current_service(OnboardingService).counted_acts.count(_keys(act))
    if refused:
        raise too_often(act, refused)


@contextmanager
def _unless_away() -> Iterator[None]:
    """Do without the database while it cannot be reached."""
    try:
        yield
    except (DBAPIError, PoolEmpty) as error:
        if isinstance(error, DBAPIError) and not is_unavailable(error):
            raise


def count_refused_link(refused: LinkRefused) -> None:
    """Count a link that was looked for and opens nothing; or raise TooOften.

    A wrong signature cost no look, and tells nobody anything however often it is tried.
    """
    if not isinstance(refused, LinkNotSigned):
        count_refused(Act.OPEN_LINK_WRONGLY)


def limited(
    act: Act,
    arguments: Callable[[Callable[..., Any]], Callable[..., Any]],
    email_of: Callable[[Any], str | None] = lambda _: None,
    *,
    is_idempotent: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Read the ``arguments`` of a view of the API and let what they ask for pass the limits.

    Stands in the place of `ApiBlueprint.arguments`, above `idempotent`.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def gated(body: Any, *args: Any, **kwargs: Any) -> Any:
            limit = limit_once if is_idempotent else pass_limits
            limit(act, email=email_of(body), application_id=kwargs.get("partner_id"))
            # What an idempotent view refuses is not counted as an act.
            g.has_passed_limits = not is_idempotent
            return view(body, *args, **kwargs)

        read = arguments(gated)

        @wraps(read)
        def counted(*args: Any, **kwargs: Any) -> Any:
            try:
                return read(*args, **kwargs)
            except HTTPException as wrong:
                if wrong.code in _WRONG_CONTENT and not g.get("has_passed_limits"):
                    count_refused(Act.SEND_WRONGLY)
                raise

        documentation = dict(getattr(read, "_apidoc", {}))
        counted._apidoc = {**documentation, "is_limited": True}  # type: ignore[attr-defined]
        return counted

    return decorate


def _keys(act: Act, email: str | None = None, application_id: UUID | None = None) -> list[CountedKey]:
    """What an act is counted by; those of operators are not."""
    if current_principal().role:
        return []
    service = current_service(OnboardingService)
    limits = service.policies.limits
    found = {Measure.EVERYBODY: ""}
    if application_id:
        found[Measure.APPLICATION] = str(application_id)
    if email:
        # The mailbox, and a company's domain or the provider where anybody gets an address.
        found[Measure.ADDRESS] = counted_mailbox(email)
        domain = found[Measure.ADDRESS].rpartition("@")[2]
        if provider := listed_parent(domain, service.policies.shared_domains.mail_providers):
            found[Measure.FREE_MAIL_DOMAIN] = provider
        if provider != domain:
            # Below a provider's domain one customer has all names: anything@jana.33mail.com is jana's.
            found[Measure.DOMAIN] = domain if provider else registrable_domain(domain)
    if Measure.NETWORK in limits.acts[act]:
        address = client_address(service.settings.trusted_proxies)
        prefixes = {"ipv4_prefix": limits.ipv4_prefix, "ipv6_prefix": limits.ipv6_prefix}
        found[Measure.NETWORK] = network_of(address, **prefixes)
    return [
        CountedKey(measure, service.digests.of(act, measure, found[measure]), limit)
        for measure, limit in limits.acts[act].items()
        if measure in found
    ]
