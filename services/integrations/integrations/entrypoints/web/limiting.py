"""What strangers do is counted by the network that they come from; too much of it is refused with 429."""

from enum import StrEnum, auto

from flask import g

from chassis.database.counted_acts import CountedKey, PerHour
from chassis.http.client_address import client_address, network_of
from chassis.http.current_service import current_service
from chassis.http.too_often import too_often
from integrations.bootstrap import IntegrationsService, IntegratorsTokens


class Act(StrEnum):
    """What nobody has to be known for."""

    REQUEST_LINK = auto()
    SHOW_WRONG_TOKEN = auto()


def count(act: Act) -> None:
    """Count an act by network and for everybody; raises TooOften. It has a transaction of its own."""
    service = current_service(IntegrationsService)
    network = network_of(client_address(service.settings.trusted_proxies))
    of_network, of_all = service.settings.strangers[act]
    keys = [CountedKey("network", service.digests.of(act, "network", network), PerHour(of_network))]
    if of_all is not None:
        keys.append(CountedKey("everybody", service.digests.of(act, "everybody"), PerHour(of_all)))
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
