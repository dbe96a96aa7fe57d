"""The OpenAPI document of each service keeps what linters and generators of clients ask for."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contracts.references import references
from tests.contracts.services import SERVICES, service

Operation = dict[str, Any]


@pytest.fixture(scope="module", params=SERVICES)
def document(request: pytest.FixtureRequest) -> Any:
    return service(request.param).create_web_app().test_client().get("/openapi.json").json


def operations(document: Any) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"{method} {path}", operation


def test_it_says_under_which_licence_it_stands(document: Any) -> None:
    assert document["info"]["license"]["identifier"] == "Apache-2.0"


def test_every_operation_has_an_id_a_summary_and_says_who_may(document: Any) -> None:
    ids = Counter(operation["operationId"] for _, operation in operations(document))
    assert [name for name, count in ids.items() if count > 1] == []
    for name, operation in operations(document):
        assert operation["summary"].endswith("."), name
        assert "security" in operation, name
        codes = {str(code) for code in operation["responses"]}
        assert {"414", "default"} <= codes, name
        if operation["security"]:
            assert {"401", "403"} <= codes, name


def test_a_body_is_required_and_may_be_wrong(document: Any) -> None:
    for name, operation in operations(document):
        if body := operation.get("requestBody"):
            assert body["required"] is True, name
            codes = {str(code) for code in operation["responses"]}
            assert {"400", "413", "415", "422"} <= codes, name


def test_nothing_is_named_that_nobody_uses(document: Any) -> None:
    used = set(references(document))
    schemes = {name for _, one in operations(document) for entry in one["security"] for name in entry}
    for kind, components in document["components"].items():
        for name in components:
            assert f"#/components/{kind}/{name}" in used or name in schemes, (kind, name)


def test_this_or_null_is_said_so_that_generators_understand(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, part in schema["properties"].items():
            assert "anyOf" not in part, (name, field)


def test_every_refusal_is_a_problem(document: Any) -> None:
    for name, operation in operations(document):
        for code, answer in operation["responses"].items():
            if str(code) == "default" or int(code) >= 400:
                found = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                assert list(found["content"]) == ["application/problem+json"], (name, code)


def test_problems_name_what_they_carry() -> None:
    """Whatever tests see is held to these by `tests.answered_problems`."""
    carried = {
        name: set(_document(name)["components"]["schemas"]["Problem"]["properties"]) for name in SERVICES
    }
    everywhere = {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert carried["onboarding"] == everywhere | {
        *("state", "target_state", "move", "conflicting_partner_id", "current_version", "new_link")
    }
    assert carried["provisioning"] == everywhere | {"state", "wanted_state"}
    assert carried["integrations"] == everywhere | {"state", "wanted_state"}
    assert carried["notifications"] == everywhere | {"state", "wanted_state", "new_link"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_call_without_a_body_is_refused_where_one_is_required(name: str) -> None:
    """Also where every field is optional: an empty call must not mean "everything"."""
    app = service(name).create_web_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for operation_name, operation in operations(_document(name)):
        method, path = operation_name.split()
        if "requestBody" in operation and not operation["security"]:
            answer = app.test_client().open(path, method=method.upper())
            assert (answer.status_code, answer.json["code"]) == (400, "body_missing"), path


def _document(name: str) -> Any:
    return service(name).create_web_app().test_client().get("/openapi.json").json
