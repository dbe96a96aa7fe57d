"""What partners ask for: more time, another product or competence, other facts of the company."""

from collections.abc import Iterator
from typing import Any

from operator_client.http import OperatorsHttp
from operator_client.operator import Facts

_SERVICE = "onboarding"


class Requests:
    """Raises `operator_client.http.Refused` and `Unreachable`."""

    def __init__(self, http: OperatorsHttp) -> None:
        self._http = http

    def page(self, **wanted: Any) -> Facts:
        """A part of `all`: ``standing``, ``limit``, ``cursor``."""
        return self._http.page(_SERVICE, "/v1/requests", "requests", **wanted)

    def all(self, standing: str | None = None) -> Iterator[Facts]:
        """Those that wait, or are so far, the longest waiting first."""
        return self._http.pages(_SERVICE, "/v1/requests", "requests", standing=standing)

    def one(self, request_id: str) -> Facts:
        """One, with other facts of a company before and after."""
        return self._http.get(_SERVICE, f"/v1/requests/{request_id}")

    def approve(self, request_id: str, reason: str) -> Facts:
        """Let the partner have it."""
        return self._http.post(_SERVICE, f"/v1/requests/{request_id}/approval", {"reason": reason})

    def refuse(self, request_id: str, reason: str) -> Facts:
        """Do not; the partner reads the reason."""
        return self._http.post(_SERVICE, f"/v1/requests/{request_id}/refusal", {"reason": reason})
