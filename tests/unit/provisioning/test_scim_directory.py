"""Whom the CRM knew before us is found by address, which stands in no URL where the CRM lets us."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.unit.provisioning.conftest import OpenDirectory
from tests.unit.provisioning.granting import order_for

from chassis.failures import NotNow
from provisioning.adapters.crm_sweep import crm_users

MEMBER = order_for("crm").members[0]
USERS = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
FOUND = {
    "schemas": [LIST],
    "totalResults": 1,
    "Resources": [{"schemas": [USERS], "id": "user-1", "userName": MEMBER.email}],
}


class Crm(httpx.MockTransport):
    """Answers a search, by POST only with the given status."""

    def __init__(self, status_of_post: int) -> None:
        super().__init__(self.answer)
        self.status_of_post = status_of_post
        self.requests: list[httpx.Request] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/ServiceProviderConfig"):
            return httpx.Response(404)
        self.requests.append(request)
        if request.method == "POST" and self.status_of_post != httpx.codes.OK:
            return httpx.Response(self.status_of_post, headers={"Content-Type": "text/plain"})
        return httpx.Response(200, json=FOUND, headers={"Content-Type": "application/scim+json"})


def test_the_address_stands_in_the_body(directory: OpenDirectory) -> None:
    crm = Crm(200)
    found = directory(crm).find_by_mail(MEMBER)
    assert found
    assert found.id == "user-1"
    [request] = crm.requests
    assert (request.method, request.url.path) == ("POST", "/v2/Users/.search")
    assert not request.url.query
    assert MEMBER.email in json.loads(request.content)["filter"]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_crm_without_that_search_is_asked_as_it_can_be(status: int, directory: OpenDirectory) -> None:
    crm = Crm(status)
    found = directory(crm).find_by_mail(MEMBER)
    assert found
    assert found.id == "user-1"
    assert [request.method for request in crm.requests] == ["POST", "GET"]


class Strict(httpx.MockTransport):
    """Takes names for different that differ in case, and still has no room for both; two users on a page."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(self.answer)
        self.names = names

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path.endswith("/Users"):
            return self.said(409, {"schemas": [ERROR], "status": "409", "scimType": "uniqueness"})
        asked = json.loads(request.content) if request.method == "POST" else dict(request.url.params)
        names = self.names if "filter" not in asked else []
        first = int(asked.get("startIndex", 1)) - 1
        users = [{"schemas": [USERS], "id": name, "userName": name} for name in names[first : first + 2]]
        return self.said(200, {"schemas": [LIST], "totalResults": len(names), "Resources": users})

    def said(self, status: int, body: dict[str, Any]) -> httpx.Response:
        return httpx.Response(status, json=body, headers={"Content-Type": "application/scim+json"})


def test_a_name_that_is_taken_in_another_case_is_found_on_whatever_page(
    directory: OpenDirectory,
) -> None:
    theirs = MEMBER.email.upper()
    crm = Strict([f"user-{number}@example.com" for number in range(5)] + [theirs])
    strict = directory(crm)
    assert strict.create_user(MEMBER, order_for("crm")) is None
    assert strict.find_by_mail(MEMBER) is None
    found = strict.find_by_any_spelling(MEMBER)
    assert found
    assert found.id == theirs


@pytest.mark.parametrize(
    ("name", "email"),
    [("zoe@strasse.example", "zoe@stra\u00dfe.example"), ("strasse@example.com", "stra\u00dfe@example.com")],
)
def test_nobody_gets_the_user_that_the_crm_cannot_tell_from_theirs(
    name: str, email: str, directory: OpenDirectory
) -> None:
    strict = directory(Strict([name]))
    assert strict.find_by_any_spelling(replace(MEMBER, email=email)) is None


def test_nobody_gets_the_first_user_of_a_crm_that_does_not_know_the_filter(
    directory: OpenDirectory,
) -> None:
    member = replace(MEMBER, email="jana@firma.example")
    assert directory(Crm(200)).find_by_mail(member) is None


def test_a_crm_that_answers_another_page_than_was_asked_for_is_not_believed(
    directory: OpenDirectory,
) -> None:
    first = {**FOUND, "totalResults": 250, "startIndex": 1}
    always = httpx.MockTransport(
        lambda _: httpx.Response(200, json=first, headers={"Content-Type": "application/scim+json"})
    )
    crm = directory(always)
    users, following = crm.list_users(None)
    assert [user.id for user in users] == ["user-1"]
    with pytest.raises(NotNow, match="crm_listing_incomplete"):
        crm.list_users(following)


@pytest.mark.parametrize(
    "name", ["a\ud800@example.com", "a@ex\udc00ample.com"], ids=["before the @", "behind it"]
)
def test_a_name_that_no_text_can_be_is_nobodys(name: str, directory: OpenDirectory) -> None:
    """Half of a character in one user of somebody else keeps no other from being found or swept."""
    ours = {"id": "user-2", "userName": MEMBER.email, "externalId": str(MEMBER.person_id)}
    theirs = {"id": "user-1", "userName": name, "externalId": str(MEMBER.person_id)}
    found = json.dumps({**FOUND, "totalResults": 2, "Resources": [theirs, ours]})
    said = httpx.MockTransport(
        lambda _: httpx.Response(200, text=found, headers={"Content-Type": "application/scim+json"})
    )
    crm = directory(said)
    assert [thing.outside_id for thing in crm_users(crm, "delete").page(None).things] == ["user-2"]
    by_spelling = crm.find_by_any_spelling(MEMBER)
    assert by_spelling
    assert by_spelling.id == "user-2"


def test_a_crm_that_counts_more_than_it_shows_is_not_believed(directory: OpenDirectory) -> None:
    """Nor asked for ever: whoever is not shown may be there all the same."""
    user = {"schemas": [USERS], "id": "user-1", "userName": "x@example.com"}
    found = {**FOUND, "totalResults": 10**9, "Resources": [user]}
    endless = httpx.MockTransport(
        lambda _: httpx.Response(200, json=found, headers={"Content-Type": "application/scim+json"})
    )
    with pytest.raises(NotNow, match="crm_listing_incomplete"):
        directory(endless).find_by_any_spelling(MEMBER)
