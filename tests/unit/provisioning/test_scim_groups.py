"""A CRM that ignores filters, or lists nobody, is not believed about groups and who is in them."""

import json
from typing import Any

import httpx
import pytest
from tests.unit.provisioning.conftest import OpenDirectory

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


class Deaf(httpx.MockTransport):
    """Answers every search with all groups; takes who is added, and finds nobody to remove."""

    def __init__(self, *, lists_members: bool, filters: bool = False) -> None:
        super().__init__(self.answer)
        self.lists_members, self.filters = lists_members, filters
        self.patches: list[dict[str, Any]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            self.patches.append(json.loads(request.content))
            status = 400 if self.patches[-1]["Operations"][0]["op"] == "remove" else 204
            return httpx.Response(status, headers={"Content-Type": "application/scim+json"})
        if request.url.path.endswith(("/gone", "/ServiceProviderConfig")):
            return httpx.Response(404)
        if request.url.path.endswith("/ours"):
            return self._said(self._group("ours", "Partners"))
        groups = [self._group("others", "managers"), self._group("ours", "Partners")]
        if self.filters:
            wanted = request.url.params["filter"]
            is_of_our_user = '"user-1"' in wanted or "members" not in wanted
            groups = groups[1:] if is_of_our_user else []
        return self._said({"schemas": [LIST], "totalResults": len(groups), "Resources": groups})

    def _said(self, body: dict[str, Any]) -> httpx.Response:
        return httpx.Response(200, json=body, headers={"Content-Type": "application/scim+json"})

    def _group(self, group_id: str, name: str) -> dict[str, Any]:
        members = [{"value": "user-1"}] if self.lists_members else []
        return {"schemas": [GROUP], "id": group_id, "displayName": name, "members": members}


def test_a_group_is_found_by_its_id_and_name_only(directory: OpenDirectory) -> None:
    deaf = directory(Deaf(lists_members=False))
    assert deaf.find_group("partners") == "ours"
    assert deaf.find_group("resellers") is None
    assert deaf.group_of("resellers", "ours") == "ours", "whatever people call it now"
    assert deaf.group_of("resellers", "gone") is None


@pytest.mark.parametrize(
    ("lists_members", "filters", "user_id", "is_in"),
    [
        (True, False, "user-1", True),
        (True, False, "user-2", False),
        (False, False, "user-1", False),
        (False, True, "user-1", True),
        (False, True, "user-2", False),
    ],
)
def test_who_is_in_a_group_is_believed_only_where_the_crm_can_tell(
    directory: OpenDirectory, *, lists_members: bool, filters: bool, user_id: str, is_in: bool
) -> None:
    crm = Deaf(lists_members=lists_members, filters=filters)
    groups = directory(crm)
    assert groups.is_member("ours", user_id) is is_in
    assert groups.join("ours", user_id) is not is_in
    assert bool(crm.patches) is not is_in


def test_whoever_may_be_in_a_group_is_taken_out(directory: OpenDirectory) -> None:
    """It is no progress, and no failure either, where the CRM finds nothing to remove."""
    crm = Deaf(lists_members=False)
    assert directory(crm).leave("ours", "user-2") is False
    assert len(crm.patches) == 1
