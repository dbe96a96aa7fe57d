"""Anonymous acts are counted by network; too many are refused with 429."""

from dataclasses import dataclass
from enum import StrEnum, auto
from uuid import UUID

from flask import g

from chassis.database.counted_acts import CountedKey, PerHour
from chassis.http.client_address import client_address, network_of
from chassis.http.current_service import current_service
from chassis.http.too_often import too_often
from integrations.bootstrap import IntegrationsService
from integrations.domain.api_tokens import PREFIX, hash_of


class Act(StrEnum):
    """What nobody has to be known for."""

    REQUEST_LINK = auto()
    SHOW_WRONG_TOKEN = auto()


def count(act: Act) -> None:
    """Count an act by network and for everybody; raises TooOften. It has a transaction of its own."""
    service = current_service(IntegrationsService)
    network = network_of(client_address(service.settings.trusted_proxies))
    of_network, of_all = service.settings.anonymous_limits[act]
    keys = [CountedKey("network", service.digests.of(act, "network", network), PerHour(of_network))]
    if of_all is not None:
        keys.append(CountedKey("everybody", service.digests.of(act, "everybody"), PerHour(of_all)))
    if refused := service.counted_acts.count(keys):
        raise too_often(act, refused)


def count_choice(partner_id: UUID) -> None:
    """Count what a partner agrees to: each is kept for good. Raises TooOften."""
    service = current_service(IntegrationsService)
    limit = PerHour(service.settings.choices_per_partner)
    key = CountedKey("partner", service.digests.of("agree", "partner", str(partner_id)), limit)
    if refused := service.counted_acts.count([key]):
        raise too_often("agree", refused)


@dataclass(frozen=True)
class CountedTokens:
    """Implements `ClientTokens` of the chassis; those that nobody knows are counted, once a request."""

    service: IntegrationsService
    prefix: str = PREFIX

    def owner_of(self, token: str) -> tuple[str, str] | None:
        """One that works is never refused."""
        with self.service.open_work() as work:
            found = work.api_tokens.owner_of(hash_of(token))
        if found is not None:
            return str(found[0]), str(found[1])
        if not g.get("is_wrong_token_counted"):
            g.is_wrong_token_counted = True
            count(Act.SHOW_WRONG_TOKEN)
        return None
