"""What operators may do to the events of one service: dead letters, lanes, sending again."""

from collections.abc import Iterator, Mapping
from typing import Any

from gangway.operators.http import OperatorsHttp
from gangway.operators.services import Facts

_LONGEST_PAGE = 500


class EventOperations:
    """The same in every service; raises `gangway.operators.http.Refused` and `Unreachable`."""

    def __init__(self, http: OperatorsHttp, service: str) -> None:
        self._http = http
        self.service = service

    def dead_letters(self, **wanted: str | None) -> Iterator[Facts]:
        """All that fit, the oldest first, page by page as they are taken."""
        after = None
        while True:
            query = {**wanted, "after": after, "limit": _LONGEST_PAGE}
            page = self._get("/v1/dead-letters", **query)["dead_letters"]
            yield from page
            if len(page) < _LONGEST_PAGE:
                return
            after = page[-1]["id"]

    def dead_letter(self, letter_id: str, reason_to_see_bytes: str | None) -> Facts:
        """One; with its bytes for who says why."""
        path = f"/v1/dead-letters/{letter_id}"
        if reason_to_see_bytes is None:
            return self._get(path)
        return self._post(f"{path}/disclosure", {"reason": reason_to_see_bytes})

    def replay(self, letter_id: str) -> Facts:
        """Handle it now; `outcome` says what came of it."""
        return self._post(f"/v1/dead-letters/{letter_id}/replay")

    def replay_all(self, wanted: Mapping[str, str]) -> list[Facts]:
        """Handle all waiting ones that fit."""
        outcomes: list[Facts] = self._post("/v1/dead-letters/replay", wanted)["outcomes"]
        return outcomes

    def discard(self, letter_id: str, reason: str) -> Facts:
        """Give it up for good."""
        return self._post(f"/v1/dead-letters/{letter_id}/discard", {"reason": reason})

    def parked_lanes(self) -> list[Facts]:
        """Those parked longest first."""
        found: list[Facts] = self._get("/v1/lanes/parked", limit=_LONGEST_PAGE)["lanes"]
        return found

    def holes(self) -> list[Facts]:
        """Numbers that were jumped over and have not come since, the newest first."""
        found: list[Facts] = self._get("/v1/lanes/holes", limit=_LONGEST_PAGE)["holes"]
        return found

    def release_lane(self, topic: str, subject: str) -> None:
        """Let the worker try it now."""
        self._post("/v1/lanes/release", {"topic": topic, "subject": subject})

    def set_aside(self, topic: str, subject: str, reason: str) -> None:
        """Make the event that blocks the lane a dead letter."""
        self._post("/v1/lanes/set-aside", {"topic": topic, "subject": subject, "reason": reason})

    def republish(self, selection: Mapping[str, str]) -> Facts:
        """Send retained events again; returns how many, and which compacted topics were left out."""
        return self._post("/v1/republications", selection)

    def clear_flood(self, reason: str) -> int:
        """Forget the counts of dead letters; returns how many partitions were stopped."""
        return int(self._post("/v1/flood-clearances", {"reason": reason})["partitions"])

    def actions(self, **wanted: str | None) -> Iterator[Facts]:
        """What operators did, the newest first, page by page as they are taken."""
        return self._http.pages(self.service, "/v1/operator-actions", "actions", **wanted)

    def _get(self, path: str, **query: Any) -> Facts:
        return self._http.get(self.service, path, **query)

    def _post(self, path: str, body: Mapping[str, Any] | None = None) -> Facts:
        return self._http.post(self.service, path, body)
