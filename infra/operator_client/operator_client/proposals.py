"""What one operator wants done, and a second one confirms or declines."""

from collections.abc import Iterator
from typing import Any

from operator_client.http import OperatorsHttp
from operator_client.operator import Facts


class Proposals:
    """Those of one service; raises `operator_client.http.Refused` and `Unreachable`."""

    def __init__(self, http: OperatorsHttp, service: str) -> None:
        self._http = http
        self._service = service

    def page(self, **wanted: Any) -> Facts:
        """A part of `all`: ``state``, ``limit``, ``cursor``."""
        return self._http.page(self._service, "/v1/proposals", "proposals", **wanted)

    def all(self, state: str | None = None) -> Iterator[Facts]:
        """Those that wait, or came to that state, the oldest first."""
        return self._http.pages(self._service, "/v1/proposals", "proposals", state=state)

    def one(self, proposal_id: str) -> Facts:
        """One."""
        return self._http.get(self._service, f"/v1/proposals/{proposal_id}")

    def confirm(self, proposal_id: str, reason: str) -> Facts:
        """Have it done, as somebody else than who proposed it."""
        return self._http.post(self._service, f"/v1/proposals/{proposal_id}/confirmation", {"reason": reason})

    def decline(self, proposal_id: str, reason: str) -> Facts:
        """Have it not done; the proposer takes it back."""
        return self._http.post(self._service, f"/v1/proposals/{proposal_id}/refusal", {"reason": reason})
