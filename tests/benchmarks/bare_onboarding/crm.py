"""Seats in the CRM, by SCIM."""

import json
from typing import Any

import httpx
from tests.benchmarks.bare_onboarding.company import Company


class Crm:
    """The directory at ``url``; one group for all, made when this is."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/scim+json"}
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        self._http = httpx.Client(base_url=url, headers=headers, timeout=60, limits=limits)
        self._group = self._ask(
            "POST",
            "Groups",
            json={"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "partners"},
        )["id"]

    def make_users(self, company: Company) -> None:
        """Everything in its order."""
        self._find("Groups", 'displayName eq "partners"')
        for place, person in enumerate(company.people):
            self._find("Users", f'externalId eq "{company.name}-{place}"')
            user = self._create(person, f"{company.name}-{place}", company.application["partner_type"])
            self._find("Groups", f'id eq "{self._group}" and members.value eq "{user}"')
            self._join(user)

    def _create(self, person: dict[str, str], external_id: str, user_type: str) -> str:
        body = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "externalId": external_id,
            "userName": person["email"],
            "name": {"givenName": person["given_name"], "familyName": person["family_name"]},
            "displayName": f"{person['given_name']} {person['family_name']}",
            "emails": [{"value": person["email"], "type": "work", "primary": True}],
            "preferredLanguage": person["language"],
            "userType": user_type,
            "active": True,
        }
        return str(self._ask("POST", "Users", json=body)["id"])

    def _join(self, user: str) -> None:
        body = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "add", "path": "members", "value": [{"value": user}]}],
        }
        self._ask("PATCH", f"Groups/{self._group}", json=body)

    def _find(self, kind: str, wanted: str) -> None:
        self._ask("GET", kind, params={"filter": wanted})

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        if "json" in options:
            content = json.dumps(options.pop("json"))
            options |= {"content": content, "headers": {"Content-Type": "application/scim+json"}}
        answer = self._http.request(method, path, **options).raise_for_status()
        return answer.json() if answer.content else None
