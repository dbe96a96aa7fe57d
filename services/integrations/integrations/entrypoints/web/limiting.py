"""What strangers do is counted by the network that they come from; too much of it is refused with 429."""

from datetime import timedelta
from enum import StrEnum, auto
from typing import NamedTuple

from flask import g

from chassis.database.counted_acts import CountedKey
from chassis.http.client_address import client_address, network_of
from chassis.http.current_service import current_service
from chassis.http.too_often import too_often
from integrations.bootstrap import IntegrationsService, IntegratorsTokens

# How much of an address names one client. An IPv6 customer usually holds a /56.
_PREFIXES = {"ipv4_prefix": 32, "ipv6_prefix": 56}


class Act(StrEnum):
    """What nobody has to be known for."""

    REQUEST_LINK = auto()
    SHOW_WRONG_TOKEN = auto()


class Limit(NamedTuple):
    """So many within a period, which begins with the first of them."""

    at_most: int
    period: timedelta = timedelta(hours=1)


def count(act: Act) -> None:
    """Count an act by network and for everybody; raises TooOften. It has a transaction of its own."""
    service = current_service(IntegrationsService)
    network = network_of(client_address(service.settings.trusted_proxies), **_PREFIXES)
    of_network, of_all = service.settings.strangers[act]
    keys = [CountedKey("network", service.digests.of(act, "network", network), Limit(of_network))]
    if of_all is not None:
        keys.append(CountedKey("everybody", service.digests.of(act, "everybody"), Limit(of_all)))
    if refused := service.counted_acts.count(keys):
        raise too_often(act, refused)


class CountedTokens(IntegratorsTokens):
    """Those that nobody knows are counted, once a request; one that works is never refused."""

    def owner_of(self, token: str) -> tuple[str, str] | None:
        found = super().owner_of(token)
        if found is None and not g.get("is_wrong_token_counted"):
            g.is_wrong_token_counted = True
            count(Act.SHOW_WRONG_TOKEN)
        return found
