"""The accounts of sandboxes, their pool, and maintenance."""

from collections.abc import Iterator
from typing import Any

from operator_client.http import OperatorsHttp
from operator_client.operator import Facts

_SERVICE = "provisioning"


class Accounts:
    """Raises `operator_client.http.Refused` and `Unreachable`."""

    def __init__(self, http: OperatorsHttp) -> None:
        self._http = http

    def listed(self, state: str | None = None) -> Iterator[Facts]:
        """All, or those in one state."""
        return self._http.pages(_SERVICE, "/v1/accounts", "accounts", state=state)

    def page(self, **wanted: Any) -> Facts:
        """A part of `listed`: ``state``, ``stuck``, ``limit``, ``cursor``."""
        return self._http.page(_SERVICE, "/v1/accounts", "accounts", **wanted)

    def pool(self) -> Facts:
        """How many are where, and how long those that are ready last."""
        return self._http.get(_SERVICE, "/v1/pool")

    def register(self, account_id: str, reason: str) -> Facts:
        """Have an account of the organization emptied and used."""
        return self._post("/v1/accounts", reason, account_id=account_id)

    def quarantine(self, account_key: str, reason: str) -> Facts:
        """Have it stand apart until it is released."""
        return self._post(f"/v1/accounts/{account_key}/quarantine", reason)

    def release(self, account_key: str, reason: str) -> Facts:
        """Have it come back, or have tried again what is stuck."""
        return self._post(f"/v1/accounts/{account_key}/release", reason)

    def eject(self, account_key: str, reason: str) -> Facts:
        """Have it leave our units as it is."""
        return self._post(f"/v1/accounts/{account_key}/ejection", reason)

    def close(self, account_key: str, reason: str) -> Facts:
        """Have it closed as soon as AWS's limit allows."""
        return self._post(f"/v1/accounts/{account_key}/closing", reason)

    def begin_maintenance(self, reason: str) -> Facts:
        """Have nothing new begun."""
        return self._post("/v1/maintenance", reason)

    def end_maintenance(self, reason: str) -> Facts:
        """Have everything go on."""
        return self._post("/v1/maintenance/end", reason)

    def _post(self, path: str, reason: str, **more: Any) -> Facts:
        return self._http.post(_SERVICE, path, {"reason": reason, **more})
