"""The vendors of a run: who may see what, and the endpoints to which a hostile receiver listens."""

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from fault_runner.facts import Subscription
from fault_runner.hostile_receiver import HostileReceiver

# Waits that suit a year of operation are too long for a run of minutes.
_RETRIES = """
waits_seconds: [0.2, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
jitter: 0.2
retry_after_most_hours: 1
disable_after_hours: 24
"""
_FEW = ("partner.approved.v1", "access.granted.v1")
_PATIENCE_SECONDS = 30.0
_WHY = {"reason": "a vendor that is part of the run"}


# A partner that nobody is.
_NOBODY = {"rule": "named", "values": [str(UUID(int=0))]}


@dataclass(frozen=True)
class _Vendor:
    """``sees`` are the types that its endpoints may get, ``orders`` these endpoints by name."""

    name: str
    scope: Mapping[str, Any]
    sees: frozenset[str] | None
    orders: Mapping[str, str]


_VENDORS = (
    _Vendor("sees all", {}, None, {"all-ordered": "partner", "all-as-they-come": "none"}),
    _Vendor("sees few", {"types": _FEW}, frozenset(_FEW), {"few-ordered": "partner"}),
    _Vendor("sees nobody", {"partners": _NOBODY}, frozenset(), {"nobody": "none"}),
)


def sender_settings(folder: Path) -> dict[str, str]:
    """What a run changes for the sender."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "retries.yaml"
    file.write_text(_RETRIES)
    return {
        "WEBHOOK_RETRIES_FILE": str(file),
        "WEBHOOK_TIMEOUT_SECONDS": "2",
        "WEBHOOK_LEASE_SECONDS": "6",
        "WEBHOOK_TAKEOVER_SECONDS": "10",
    }


def subscribe_vendors(addresses: Mapping[str, str], receiver: HostileReceiver) -> list[Subscription]:
    """Let them in, before anything happens. Raises httpx.HTTPError where the service stays away."""
    found = []
    for vendor in _VENDORS:
        token = _let_in(addresses, vendor)
        for kind, order in vendor.orders.items():
            # A request whose answer is lost makes one too: each has an address of its own.
            name = f"{kind}-{{attempt}}"
            made, attempt = _insist(
                addresses, token, "/v1/endpoints", url=f"{receiver.url}/{name}", order=order
            )
            name = name.format(attempt=attempt)
            receiver.secrets[name] = made["secret"]
            found.append(Subscription(name, order == "partner", vendor.sees))
    return found


def _let_in(addresses: Mapping[str, str], vendor: _Vendor) -> str:
    """The token of its programs."""
    operator = addresses["ops_token"]
    scope = {"name": f"{vendor.name} {{attempt}}", **vendor.scope, **_WHY}
    made, _ = _insist(addresses, operator, "/v1/integrators", **scope)
    issued, _ = _insist(addresses, operator, f"/v1/integrators/{made['integrator_id']}/tokens", **_WHY)
    return str(issued["token"])


def _insist(addresses: Mapping[str, str], token: str, path: str, **body: Any) -> tuple[Any, int]:
    """The first good answer, and at which attempt; the database's proxy does its mischief already."""
    headers = {"Authorization": f"Bearer {token}"}
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    for attempt in itertools.count(1):
        told = {key: _named(value, attempt) for key, value in body.items()}
        keyed = {**headers, "Idempotency-Key": str(uuid4())}
        try:
            answer = httpx.post(f"{addresses['integrations']}{path}", json=told, headers=keyed, timeout=10)
            return answer.raise_for_status().json(), attempt
        except httpx.HTTPError as error:
            is_refused = isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500
            if is_refused or time.monotonic() > give_up_at:
                raise
            time.sleep(0.3)
    raise AssertionError("unreachable")


def _named(value: Any, attempt: int) -> Any:
    return value.format(attempt=attempt) if isinstance(value, str) else value
