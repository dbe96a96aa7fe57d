"""Refused claims are counted by network; too many are answered with 429."""

from chassis.database.counted_acts import CountedKey, PerHour
from chassis.http.client_address import client_address, network_of
from chassis.http.current_service import current_service
from chassis.http.too_often import too_often
from provisioning.bootstrap import ProvisioningService

_ACT = "redeem_claim"


def count_refused_claim() -> None:
    """Raises TooOften. What is not refused is not counted: whoever tries secrets keeps no factory waiting."""
    service = current_service(ProvisioningService)
    network = network_of(client_address(service.settings.trusted_proxies))
    limit = PerHour(service.settings.claim_refusals)
    key = CountedKey("network", service.digests.of(_ACT, "network", network), limit)
    if refused := service.counted_acts.count([key]):
        raise too_often(_ACT, refused)
