"""What operators may do to the events of one service: dead letters, lanes, sending again."""

from collections.abc import Iterator, Mapping
from typing import Any

from operator_client.http import OperatorsHttp
from operator_client.operator import Facts

_MEMBERS = {
    "dead-letters": "dead_letters",
    "lanes/parked": "lanes",
    "lanes/holes": "holes",
    "records/skips": "skips",
    "operator-actions": "actions",
}


class EventOperations:
    """The same in every service; raises `operator_client.http.Refused` and `Unreachable`."""

    def __init__(self, http: OperatorsHttp, service: str) -> None:
        self._http = http
        self.service = service

    def dead_letters(self, **wanted: str | None) -> Iterator[Facts]:
        """All that fit, the oldest first, page by page as they are taken."""
        return self._http.pages(self.service, "/v1/dead-letters", "dead_letters", **wanted)

    def page(self, kind: str, **wanted: Any) -> Facts:
        """A part of a list: ``dead-letters``, ``lanes/parked``, ``lanes/holes``, ``records/skips`` …"""
        return self._http.page(self.service, f"/v1/{kind}", _MEMBERS[kind], **wanted)

    def dead_letter(self, letter_id: str, reason_to_see_bytes: str | None) -> Facts:
        """One; with its bytes for who says why."""
        path = f"/v1/dead-letters/{letter_id}"
        if reason_to_see_bytes is None:
            return self._get(path)
        return self._post(f"{path}/disclosure", {"reason": reason_to_see_bytes})

    def replay(self, letter_id: str, reason: str) -> Facts:
        """Handle it now; `outcome` says what came of it."""
        return self._post(f"/v1/dead-letters/{letter_id}/replay", {"reason": reason})

    def replay_all(self, wanted: Mapping[str, str], reason: str) -> Iterator[Facts]:
        """Handle all waiting ones that fit, page by page as they are taken."""
        chosen: dict[str, Any] = {**wanted}
        while True:
            page = self.replay_page(chosen, reason)
            yield from page["outcomes"]
            if page["next_cursor"] is None:
                return
            chosen["cursor"] = page["next_cursor"]

    def replay_page(self, wanted: Mapping[str, str], reason: str) -> Facts:
        """Handle a hundred of the waiting ones that fit; `next_cursor` says whether there may be more."""
        return self._post("/v1/dead-letters/replay", {**wanted, "all": True, "reason": reason})

    def discard(self, letter_id: str, reason: str) -> Facts:
        """Give it up for good."""
        return self._post(f"/v1/dead-letters/{letter_id}/discard", {"reason": reason})

    def discard_all(self, wanted: Mapping[str, str], reason: str) -> int:
        """Give all waiting ones up that fit; returns how many."""
        chosen = {**wanted, "all": True, "reason": reason}
        return int(self._post("/v1/dead-letters/discard", chosen)["discarded"])

    def parked_lanes(self) -> Iterator[Facts]:
        """Those parked longest first, page by page as they are taken."""
        return self._http.pages(self.service, "/v1/lanes/parked", "lanes")

    def lanes_of(self, subject: str) -> Iterator[Facts]:
        """Open and parked ones of one partner, by topic."""
        return self._http.pages(self.service, "/v1/lanes", "lanes", subject=subject)

    def holes(self) -> Iterator[Facts]:
        """Numbers that were jumped over and have not come since, page by page as they are taken."""
        return self._http.pages(self.service, "/v1/lanes/holes", "holes")

    def close_hole(self, topic: str, subject: str, numbers: tuple[int, int], reason: str) -> None:
        """Give events up that never came."""
        first, last = numbers
        hole = {"topic": topic, "subject": subject, "first_missing": first, "last_missing": last}
        self._post("/v1/lanes/holes/close", {**hole, "reason": reason})

    def skips(self) -> Iterator[Facts]:
        """Records that were to be skipped, page by page as they are taken."""
        return self._http.pages(self.service, "/v1/records/skips", "skips")

    def skip_record(self, topic: str, partition: int, offset: int, reason: str) -> None:
        """Have the consumer make it a dead letter."""
        place = {"topic": topic, "partition": partition, "offset": offset}
        self._post("/v1/records/skips", {**place, "reason": reason})

    def release_lane(self, topic: str, subject: str, reason: str) -> None:
        """Let the worker try it now."""
        self._post("/v1/lanes/release", {"topic": topic, "subject": subject, "reason": reason})

    def set_aside(self, topic: str, subject: str, reason: str) -> None:
        """Make the event that blocks the lane a dead letter."""
        self._post("/v1/lanes/set-aside", {"topic": topic, "subject": subject, "reason": reason})

    def republish(self, selection: Mapping[str, str], reason: str) -> Facts:
        """Send retained events again; returns how many, and which compacted topics were left out."""
        return self._post("/v1/republications", {**selection, "reason": reason})

    def clear_flood(self, reason: str) -> int:
        """Forget the counts of dead letters; returns how many partitions were stopped."""
        return int(self._post("/v1/flood-clearances", {"reason": reason})["partitions"])

    def accept_loss(self, reason: str) -> list[Facts]:
        """Go on at the log's start where records were dropped unread; returns which partitions moved."""
        moved: list[Facts] = self._post("/v1/loss-acceptances", {"reason": reason})["moved"]
        return moved

    def actions(self, **wanted: str | None) -> Iterator[Facts]:
        """What operators did, the newest first, page by page as they are taken."""
        return self._http.pages(self.service, "/v1/operator-actions", "actions", **wanted)

    def _get(self, path: str, **query: Any) -> Facts:
        return self._http.get(self.service, path, **query)

    def _post(self, path: str, body: Mapping[str, Any] | None = None) -> Facts:
        return self._http.post(self.service, path, body)
