"""Vendors and teams that get events: let them in, hand out tokens, shut them off."""

from collections.abc import Iterator, Sequence
from typing import Any

from operator_client.http import OperatorsHttp
from operator_client.operator import Facts

_SERVICE = "integrations"


class Integrators:
    """Raises `operator_client.http.Refused` and `Unreachable`."""

    def __init__(self, http: OperatorsHttp) -> None:
        self._http = http

    def all(self) -> Iterator[Facts]:
        """By name, page by page as they are taken."""
        return self._http.pages(_SERVICE, "/v1/integrators", "integrators")

    def one(self, integrator_id: str) -> Facts:
        """What it is called, and what it may see."""
        return self._http.get(_SERVICE, f"/v1/integrators/{integrator_id}")

    def silent(self) -> list[Facts]:
        """Endpoints of all that take nothing, or are disabled, the longest silent first."""
        found: list[Facts] = self._http.get(_SERVICE, "/v1/silent-endpoints")["endpoints"]
        return found

    def tokens(self, integrator_id: str) -> list[Facts]:
        """The oldest first, each by its last characters only."""
        found: list[Facts] = self._http.get(_SERVICE, f"/v1/integrators/{integrator_id}/tokens")["tokens"]
        return found

    def add(self, name: str, types: Sequence[str] | None, *, sees_personal: bool, reason: str) -> Facts:
        """Let one in; without types it gets all of them."""
        body = {"name": name, "types": types, "sees_personal": sees_personal}
        return self._post("/v1/integrators", {**body, "reason": reason})

    def change_scope(self, integrator_id: str, reason: str, **changes: Any) -> Facts:
        """What it may see and have from now on: only what is named changes (see `ScopeChange` of the API)."""
        return self._post(f"/v1/integrators/{integrator_id}/scope", {**changes, "reason": reason})

    def remove(self, integrator_id: str, reason: str) -> Facts:
        """End it for good, with its tokens, addresses and deliveries; what it was."""
        return self._post(f"/v1/integrators/{integrator_id}/removal", {"reason": reason})

    def issue_token(self, integrator_id: str, label: str, reason: str) -> Facts:
        """A new token, which is never shown again."""
        return self._post(f"/v1/integrators/{integrator_id}/tokens", {"label": label, "reason": reason})

    def revoke_token(self, integrator_id: str, token_id: str, reason: str) -> Facts:
        """End a token; counts from its next request on."""
        return self._post(f"/v1/integrators/{integrator_id}/tokens/{token_id}/revocation", {"reason": reason})

    def people(self, integrator_id: str) -> list[Facts]:
        """Who signs in to the portal for it."""
        found: list[Facts] = self._http.get(_SERVICE, f"/v1/integrators/{integrator_id}/people")["people"]
        return found

    def add_person(self, integrator_id: str, name: str, email: str, language: str, reason: str) -> Facts:
        """Let somebody sign in to the portal for it."""
        body = {"name": name, "email": email, "language": language, "reason": reason}
        return self._post(f"/v1/integrators/{integrator_id}/people", body)

    def remove_person(self, integrator_id: str, person_id: str, reason: str) -> Facts:
        """End somebody's sessions and links."""
        return self._post(f"/v1/integrators/{integrator_id}/people/{person_id}/removal", {"reason": reason})

    def _post(self, path: str, body: dict[str, Any]) -> Facts:
        return self._http.post(_SERVICE, path, body)
