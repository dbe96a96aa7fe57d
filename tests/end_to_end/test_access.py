"""Who may what, asked of every endpoint that the OpenAPI documents of the running services name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from tests.end_to_end.partners import Partner, Vendor
from tests.end_to_end.questions import names_only_known_ids, question_of
from tests.end_to_end.stacks import LocalStack

from local_stack.port_plan import SERVICES

# Open to everybody, on purpose; whoever adds one has to write it down here.
PUBLIC = {
    ("onboarding", "POST", "/v1/applications"),
    ("onboarding", "POST", "/v1/drafts"),
    ("onboarding", "PUT", "/v1/drafts"),
    ("onboarding", "POST", "/v1/draft-openings"),
    ("onboarding", "POST", "/v1/passkey-challenges"),
    ("onboarding", "POST", "/v1/passkey-sessions"),
    ("onboarding", "POST", "/v1/sessions"),
    ("onboarding", "POST", "/v1/memberships"),
    ("onboarding", "POST", "/v1/link-requests"),
    ("onboarding", "GET", "/v1/agreements/current"),
    ("notifications", "POST", "/v1/invitation-acceptances"),
    ("provisioning", "POST", "/v1/device-claims/redemptions"),
}
# They are about the session that asks, whoever it is, and name nobody else.
OWN_SESSION = {
    ("onboarding", "POST", "/v1/sessions/renewal"),
    ("onboarding", "DELETE", "/v1/sessions/current"),
}
# Whose request is judged by its content before anybody is looked for.
BODIES = {
    "/v1/grants/{grant_id}/devices": {"name": "Press 7"},
    "/v1/grants/{grant_id}/device-claims": {"name_prefix": "Press", "places": 1, "valid_hours": 1},
}
# What is made for everybody, whatever the request holds.
CREATED = {"/v1/passkey-challenges": 201}
# The partner's own to see.
OWN_TO_SEE = ("/passkeys", "/people", "/sessions")
NOT_KNOWN, NOT_ALLOWED, NOT_THERE = 401, 403, 404
METHODS = {"get", "post", "put", "patch", "delete"}


@dataclass(frozen=True)
class Endpoint:
    service: str
    method: str
    path: str

    @property
    def is_public(self) -> bool:
        return (self.service, self.method, self.path) in PUBLIC

    def path_of(self, partner_id: str, grant_id: str) -> str:
        """The path with ids that exist, anything for the others, and what has to be asked."""
        ids = {"partner_id": partner_id, "grant_id": grant_id}
        question = question_of(self.path, partner_id) if self.method == "GET" else ""
        return re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], str(uuid4())), self.path) + question


@pytest.fixture(scope="module")
def endpoints(vendor: Vendor) -> list[Endpoint]:
    """All of all services."""
    found = list(_endpoints(vendor))
    assert {(e.service, e.method, e.path) for e in found} >= PUBLIC
    assert len(found) > 30
    return found


def _endpoints(vendor: Vendor) -> Iterator[Endpoint]:
    for service in SERVICES:
        document = vendor.get(service, "/openapi.json").json()
        for path, operations in document["paths"].items():
            yield from (Endpoint(service, m.upper(), path) for m in operations if m in METHODS)


@pytest.fixture(scope="module")
def owner(vendor: Vendor) -> Partner:
    """A partner with a key that waits to be collected."""
    partner = vendor.new_partner("iot")
    partner.become_active()
    return partner


@pytest.fixture(scope="module")
def stranger(vendor: Vendor) -> Partner:
    """Somebody else, with a session of its own."""
    partner = vendor.new_partner("crm")
    partner.sign_in()
    return partner


def answers(
    vendor: Vendor, endpoints: list[Endpoint], owner: Partner, token: str
) -> dict[Endpoint, httpx.Response]:
    """What each endpoint that is not public says about the owner's things."""
    grant_id = owner.grants()["iot"]["grant_id"]
    return {
        endpoint: vendor.ask(
            endpoint.method,
            endpoint.service,
            endpoint.path_of(owner.id, grant_id),
            token,
            json=BODIES.get(endpoint.path, {}),
        )
        for endpoint in endpoints
        if not endpoint.is_public
    }


def test_nothing_is_open_to_nobody_but_what_is_named_here(
    vendor: Vendor, endpoints: list[Endpoint], owner: Partner
) -> None:
    for token in ("", "not.a.token", owner.session[:-4] + "AAAA"):
        for endpoint, answer in answers(vendor, endpoints, owner, token).items():
            assert answer.status_code == NOT_KNOWN, endpoint
            assert answer.headers["Content-Type"] == "application/problem+json"


def test_public_endpoints_judge_the_request_and_not_the_visitor(
    vendor: Vendor, endpoints: list[Endpoint]
) -> None:
    for endpoint in endpoints:
        if endpoint.is_public:
            answer = vendor.ask(endpoint.method, endpoint.service, endpoint.path, "", json={})
            assert answer.status_code == (
                200 if endpoint.method == "GET" else CREATED.get(endpoint.path, 422)
            )


def test_a_viewer_reads_everything_and_changes_nothing(
    local_stack: LocalStack, vendor: Vendor, endpoints: list[Endpoint], owner: Partner
) -> None:
    made = local_stack.gangway("tokens", "create", "--name", "Vera", "--role", "viewer")
    assert made.returncode == 0, made.stderr
    before = vendor.operator.partner(owner.id)
    for endpoint, answer in answers(vendor, endpoints, owner, made.stdout.strip()).items():
        if endpoint.method != "GET":
            assert answer.status_code in {NOT_ALLOWED, NOT_THERE}, endpoint
        elif endpoint.path.endswith(OWN_TO_SEE):
            assert answer.status_code == NOT_ALLOWED, endpoint
        elif names_only_known_ids(endpoint.path):
            assert answer.status_code == 200, (endpoint, answer.text)
    assert vendor.operator.partner(owner.id) == before


def test_a_session_reaches_nobody_else(
    vendor: Vendor, endpoints: list[Endpoint], owner: Partner, stranger: Partner
) -> None:
    before = vendor.operator.partner(owner.id)
    others = [e for e in endpoints if (e.service, e.method, e.path) not in OWN_SESSION]
    for endpoint, answer in answers(vendor, others, owner, stranger.session).items():
        assert answer.status_code in {NOT_ALLOWED, NOT_THERE}, (endpoint, answer.text)
        assert owner.application["company"]["legal_name"] not in answer.text
        assert "PRIVATE KEY" not in answer.text
    assert vendor.operator.partner(owner.id) == before
    own = vendor.get("provisioning", f"/v1/grants/{owner.grants()['iot']['grant_id']}", owner.session)
    assert own.status_code == 200
