"""The vendor's side of the demo: what an operator's token may ask and do over HTTP."""

from typing import Any
from uuid import uuid4

import httpx


class Refused(Exception):
    """A service refused a request; the message is its problem document in words."""


class Operator:
    """Operators' API of onboarding, provisioning and notifications. May be used by several threads."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self._addresses = addresses
        self._client = httpx.Client(timeout=30, headers={"Authorization": f"Bearer {addresses['ops_token']}"})

    def partner(self, partner_id: str) -> dict[str, Any]:
        """Everything onboarding knows about one partner."""
        return self._get("onboarding", f"/v1/partners/{partner_id}")

    def timeline(self, partner_id: str) -> list[dict[str, Any]]:
        """All that happened to the partner, the oldest first."""
        entries: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            query = {"cursor": cursor} if cursor else {}
            page = self._get("onboarding", f"/v1/partners/{partner_id}/timeline", **query)
            entries += page["entries"]
            cursor = page["next_cursor"]
            if cursor is None:
                return entries

    def find(self, registration_number: str, name: str) -> dict[str, Any] | None:
        """The newest partner of that registration number and name, if it ever applied."""
        lines = self._get("onboarding", "/v1/partners", search=registration_number)["partners"]
        return next((line for line in lines if line["legal_name"] == name), None)

    def grants(self, partner_id: str) -> list[dict[str, Any]]:
        """The partner's grants with identifiers and causes."""
        path = f"{self._addresses['provisioning']}/v1/partners/{partner_id}/grants"
        answer = self._client.get(path)
        if answer.status_code == httpx.codes.NOT_FOUND:  # provisioning hears of a partner at its approval
            return []
        found: list[dict[str, Any]] = checked(answer)["grants"]
        return found

    def invitations(self, partner_id: str) -> list[dict[str, Any]]:
        """The partner's learning-path invitations."""
        path = f"/v1/partners/{partner_id}/invitations"
        found: list[dict[str, Any]] = self._get("notifications", path)["invitations"]
        return found

    def approve(self, partner_id: str, tier: str, reason: str) -> None:
        """Take a partner in from the review queue."""
        self._post(f"/v1/partners/{partner_id}/approval", {"tier": tier, "reason": reason})

    def reject(self, partner_id: str, reason: str) -> None:
        """Turn a partner down."""
        self._post(f"/v1/partners/{partner_id}/rejection", {"reason": reason})

    def offboard(self, partner_id: str, reason: str) -> None:
        """Let a partner go."""
        self._post(f"/v1/partners/{partner_id}/offboarding", {"reason": reason})

    def _get(self, service: str, path: str, **query: str) -> dict[str, Any]:
        return checked(self._client.get(self._addresses[service] + path, params=query))

    def _post(self, path: str, body: dict[str, str]) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        checked(self._client.post(self._addresses["onboarding"] + path, json=body, headers=key))


def checked(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON. Raises Refused with the problem's own words."""
    if response.is_success:
        answer: dict[str, Any] = response.json()
        return answer
    try:
        problem = response.json()
        words = "; ".join(
            [
                str(problem.get("detail") or problem.get("title")),
                *map(_wrong_field, problem.get("errors", [])),
            ]
        )
    except ValueError:
        words = response.text[:200]
    raise Refused(f"{response.request.method} {response.request.url.path}: {response.status_code} {words}")


def _wrong_field(error: dict[str, str]) -> str:
    return f"{error.get('pointer')}: {error.get('detail')}"
