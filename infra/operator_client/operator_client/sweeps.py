"""Sweeps of the outside, and what they found without a grant."""

from collections.abc import Iterator
from typing import Any

from operator_client.http import OperatorsHttp
from operator_client.operator import Facts

_SERVICE = "provisioning"


class Sweeps:
    """Raises `operator_client.http.Refused` and `Unreachable`."""

    def __init__(self, http: OperatorsHttp) -> None:
        self._http = http

    def run(self, reason: str) -> Facts:
        """List everything outside that bears our mark."""
        return self._post("/v1/sweeps", reason)

    def newest(self) -> list[Facts]:
        """The newest first, with how far each is."""
        found: list[Facts] = self._http.get(_SERVICE, "/v1/sweeps")["sweeps"]
        return found

    def findings(self, state: str | None = None, kind: str | None = None) -> Iterator[Facts]:
        """What no grant answers for, in the order in which it was found first."""
        return self._http.pages(_SERVICE, "/v1/findings", "findings", state=state, kind=kind)

    def findings_page(self, **wanted: Any) -> Facts:
        """A part of `findings`: ``state``, ``kind``, ``limit``, ``cursor``."""
        return self._http.page(_SERVICE, "/v1/findings", "findings", **wanted)

    def finding(self, finding_id: str) -> Facts:
        """One as it stands now."""
        return self._http.get(_SERVICE, f"/v1/findings/{finding_id}")

    def adopt(self, finding_id: str, grant_id: str, reason: str) -> Facts:
        """Leave it as long as the grant lives."""
        return self._post(f"/v1/findings/{finding_id}/adoption", reason, grant_id=grant_id)

    def ignore(self, finding_id: str, reason: str) -> Facts:
        """Leave it, and report it no more."""
        return self._post(f"/v1/findings/{finding_id}/ignoring", reason)

    def reopen(self, finding_id: str, reason: str) -> Facts:
        """Report again what was adopted or ignored."""
        return self._post(f"/v1/findings/{finding_id}/reopening", reason)

    def remove(self, finding_id: str, reason: str, *, although_owner_unknown: bool = False) -> Facts:
        """Take it away, after one more look."""
        more = {"although_owner_unknown": True} if although_owner_unknown else {}
        return self._post(f"/v1/findings/{finding_id}/removal", reason, **more)

    def _post(self, path: str, reason: str, **more: Any) -> Facts:
        return self._http.post(_SERVICE, path, {"reason": reason, **more})
