"""Every problem that any test sees is one that the service's document admits; one place sees to it."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask, current_app, has_request_context, request
from jsonschema import Draft202012Validator

from chassis.http.problems import PROBLEM_MEDIA_TYPE, Problem


def _document(app: Flask) -> Any:
    """The app's OpenAPI document, made once; None for an app without an API."""
    if "document_of_tests" not in app.extensions:
        apis = app.extensions.get("flask-smorest", {}).get("apis", {})
        found = next(iter(apis.values()), None)
        app.extensions["document_of_tests"] = found and found["ext_obj"].spec.to_dict()
    return app.extensions["document_of_tests"]


def _resolved(document: Any, node: Any) -> Any:
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _schema_of(document: Any, status: int) -> Any:
    """What the document says about the problem of this request; None for a page."""
    if request.url_rule is None:
        return None
    path = request.url_rule.rule
    for converter in ("<uuid:", "<path:", "<"):
        path = path.replace(converter, "{")
    operation = document["paths"].get(path.replace(">", "}"), {}).get(request.method.lower())
    if operation is None:
        return None
    responses = {str(code): answer for code, answer in operation["responses"].items()}
    answer = _resolved(document, responses.get(str(status), responses["default"]))
    return _resolved(document, answer["content"][PROBLEM_MEDIA_TYPE]["schema"])


def breaches(body: Any, status: int) -> list[str]:
    """What of the problem the document does not admit; members that it does not name count too."""
    document = _document(current_app)
    schema = document and _schema_of(document, status)
    if not schema:
        return []
    check = Draft202012Validator({**schema, "components": document["components"]})
    found = [f"{error.json_path}: {error.message}" for error in check.iter_errors(body)]
    unnamed = sorted(body.keys() - schema["properties"].keys())
    return found + [f"{request.url_rule}: {status} carries {name}, which no schema names" for name in unnamed]


@pytest.fixture(autouse=True)
def answered_problems_are_documented() -> Iterator[None]:
    """Each problem is checked when its body is made, in the test's own process."""
    found: list[str] = []
    as_members: Callable[..., dict[str, Any]] = Problem.as_members

    def checked(self: Problem, request_id: str | None = None) -> dict[str, Any]:
        body = as_members(self, request_id)
        if has_request_context():
            found.extend(breaches(body, body["status"]))
        return body

    # No monkeypatch: tests may undo theirs in the middle.
    with patch.object(Problem, "as_members", checked):
        yield
    assert found == []
