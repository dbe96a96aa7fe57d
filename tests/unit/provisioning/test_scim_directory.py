"""Whom the CRM knew before us is found by address, which stands in no URL where the CRM lets us."""

import json
from collections.abc import Iterator

import httpx
import pytest
from tests.unit.provisioning.granting import order_for

from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_directory import ScimDirectory

MEMBER = order_for("crm").members[0]
USERS = "urn:ietf:params:scim:schemas:core:2.0:User"
FOUND = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    "totalResults": 1,
    "Resources": [{"schemas": [USERS], "id": "user-1", "userName": "x@example.com"}],
}


class Crm(httpx.MockTransport):
    """Answers a search, by POST only with the given status."""

    def __init__(self, status_of_post: int) -> None:
        super().__init__(self.answer)
        self.status_of_post = status_of_post
        self.requests: list[httpx.Request] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.method == "POST" and self.status_of_post != httpx.codes.OK:
            return httpx.Response(self.status_of_post, headers={"Content-Type": "text/plain"})
        return httpx.Response(200, json=FOUND, headers={"Content-Type": "application/scim+json"})


@pytest.fixture
def connections() -> Iterator[list[ScimConnection]]:
    made: list[ScimConnection] = []
    yield made
    for one in made:
        one.close()


def directory(crm: Crm, connections: list[ScimConnection]) -> ScimDirectory:
    connections.append(ScimConnection("https://crm.example/v2", "token", 5, transport=crm))
    return ScimDirectory(connections[-1])


def test_the_address_stands_in_the_body(connections: list[ScimConnection]) -> None:
    crm = Crm(200)
    found = directory(crm, connections).find_by_mail(MEMBER)
    assert found
    assert found.id == "user-1"
    [request] = crm.requests
    assert (request.method, request.url.path) == ("POST", "/v2/Users/.search")
    assert not request.url.query
    assert MEMBER.email in json.loads(request.content)["filter"]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_crm_without_that_search_is_asked_as_it_can_be(
    status: int, connections: list[ScimConnection]
) -> None:
    crm = Crm(status)
    found = directory(crm, connections).find_by_mail(MEMBER)
    assert found
    assert found.id == "user-1"
    assert [request.method for request in crm.requests] == ["POST", "GET"]
