"""One number for each limit: the contracts, the API's document and the domains agree on it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.contracts.conftest import CONTRACTS
from tests.contracts.services import SERVICES, service

from chassis.http.paging import LONGEST_PAGE
from chassis.http.strict_fields import LONGEST_REASON
from chassis.identity.operators import LONGEST_NAME
from notifications.domain.messages import MOST_ATTEMPTS
from onboarding.domain import bounds

KEYWORDS = ("maxLength", "maxItems", "maximum")
# By the name that a limit goes by in events and requests. A new limit in either has to be put here, which is
# the moment to ask whose number it is.
OURS: Mapping[str, int] = {
    "legal_name": bounds.LEGAL_NAME,
    "registration_number": bounds.REGISTRATION_NUMBER,
    "website": bounds.WEBSITE,
    "given_name": bounds.PERSON_NAME,
    "family_name": bounds.PERSON_NAME,
    "email": bounds.EMAIL,
    "expected_benefits": bounds.EXPECTED_BENEFITS,
    "agreement_version": bounds.AGREEMENT_VERSION,
    "competences": bounds.CHOICES,
    "products_wanted": bounds.CHOICES,
    "member_count": bounds.PEOPLE,
    "confirmed_member_count": bounds.PEOPLE,
    "reason": LONGEST_REASON,
    "message": bounds.REASON,
    "name": LONGEST_NAME,
    "waived_by": LONGEST_NAME,
    "approved_by": LONGEST_NAME,
    "attempt": MOST_ATTEMPTS,
}
IN_EVENTS = OURS | {"members": bounds.PEOPLE}
IN_REQUESTS = OURS | {"members": bounds.MEMBERS, "limit": LONGEST_PAGE}
# Findings are written by us, shorter than what people write.
SHORTER = {("partner.review_started", "message"): 1_000}


def limits_of(schema: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Each limit below a JSON Schema, with the name of its property."""
    if isinstance(schema, list):
        for part in schema:
            yield from limits_of(part, name)
    elif isinstance(schema, dict):
        yield from ((name, schema[keyword]) for keyword in KEYWORDS if isinstance(schema.get(keyword), int))
        for key, part in schema.items():
            if key == "properties":
                for member, described in part.items():
                    yield from limits_of(described, member)
            elif key not in {"items", "propertyNames", "additionalProperties"}:
                yield from limits_of(part, name)
            elif isinstance(part, dict) and "properties" in part:
                yield from limits_of(part)


EVENTS = sorted(path.parent.name for path in (CONTRACTS / "events").glob("*/v1.schema.json"))


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_promises_what_the_domain_says(event: str) -> None:
    schema = json.loads((CONTRACTS / "events" / event / "v1.schema.json").read_text())
    for name, limit in limits_of(schema):
        if name in IN_EVENTS:
            assert limit == SHORTER.get((event, name), IN_EVENTS[name]), f"{event}: {name}"


@pytest.mark.parametrize("name", SERVICES)
def test_a_request_may_hold_what_the_domain_says(name: str) -> None:
    """Applications, corrections, reasons and lists, as the OpenAPI document tells them."""
    document = service(name).create_web_app().test_client().get("/openapi.json").get_json()
    schemas = document["components"]["schemas"]
    asked = {
        place["schema"]["$ref"].rpartition("/")[2]
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
        for place in operation.get("requestBody", {}).get("content", {}).values()
        if "$ref" in place["schema"]
    }
    parts = {"Company", "CompanyCorrection", "Person"} & schemas.keys()
    found = [limit for schema in asked | parts for limit in limits_of(schemas[schema])]
    found += [
        (place["name"], place["schema"]["maximum"])
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
        for place in operation.get("parameters", [])
        if isinstance(place, dict) and "maximum" in place.get("schema", {}) and place["name"] == "limit"
    ]
    assert found
    for field, limit in found:
        if field in IN_REQUESTS:
            assert limit == IN_REQUESTS[field], f"{name}: {field}"


def test_what_is_read_is_what_is_promised() -> None:
    """The tests above find the limits at all."""
    schema = json.loads((CONTRACTS / "events" / "partner.approved" / "v1.schema.json").read_text())
    found = dict(limits_of(schema))
    assert (found["members"], found["given_name"], found["reason"]) == (100, 100, 2_000)
