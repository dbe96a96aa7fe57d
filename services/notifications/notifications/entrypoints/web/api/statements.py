"""API: a learning system tells by xAPI who began, went on with or completed a learning path.

It takes statements as a learning record store does, and keeps of them only what concerns an invitation.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from prometheus_client import Counter

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.problems import Problem
from notifications.bootstrap import NotificationsService
from notifications.entrypoints.web.api.xapi import StatementSchema, lesson_told
from notifications.handlers.invitations import note_lesson

api = ApiBlueprint("statements", __name__, description="What was learned, told by xAPI")

VERSION_HEADER = "X-Experience-API-Version"
VERSION = "1.0.3"
MOST_AT_ONCE = 500
STATEMENTS = Counter("gangway_xapi_statements", "Statements of learning systems", ["outcome"])
_ONE = {"$ref": "#/components/schemas/Statement"}
_ONE_OR_MORE = {"oneOf": [_ONE, {"type": "array", "items": _ONE, "maxItems": MOST_AT_ONCE}]}


class StatementIdSchema(Schema):
    """Which statement a PUT is about."""

    statement_id = fields.UUID(required=True, data_key="statementId")


@api.post("/v1/xapi/statements")
@api.doc(requestBody={"required": True, "content": {"application/json": {"schema": _ONE_OR_MORE}}})
@api.response(200)
@api.alt_response(400, 413, 415, 422)
def post_statements() -> ResponseReturnValue:
    """Take one statement, or a batch; the answer is the ids, whoever they are about.

    The actor is a member by `mbox`, or by an `account` whose `homePage` is this service's address and whose
    `name` is the member's id; the object is the `activity` of a learning path. A repetition changes nothing.
    """
    _expect_version()
    parser, schema = api.ARGUMENTS_PARSER, StatementSchema()
    told = parser.load_json(request, schema)
    many = isinstance(told, list)
    if many and len(told) > MOST_AT_ONCE:
        raise Problem(413, "too_many_statements", f"At most {MOST_AT_ONCE} at once.")
    loaded = parser.parse(StatementSchema(many=many), request, location="json")
    statements = loaded if many else [loaded]
    for statement in statements:
        _note(statement)
    return jsonify([str(one.get("id") or uuid4()) for one in statements]), {VERSION_HEADER: VERSION}


@api.put("/v1/xapi/statements")
@api.arguments(StatementIdSchema, location="query")
@api.arguments(StatementSchema)
@api.response(204)
@api.alt_response(400)
def put_statement(query: dict[str, UUID], statement: dict[str, Any]) -> ResponseReturnValue:
    """Take the one statement with this id."""
    _expect_version()
    if statement.get("id", query["statement_id"]) != query["statement_id"]:
        raise Problem(400, "statement_id_differs", "The statement has another id than the address.")
    _note(statement)
    return "", 204, {VERSION_HEADER: VERSION}


def _expect_version() -> None:
    if not re.fullmatch(r"1\.0(\.\d+)?", request.headers.get(VERSION_HEADER, "")):
        raise Problem(
            400, "xapi_version", f"{VERSION_HEADER} has to be 1.0.x.", headers={VERSION_HEADER: VERSION}
        )


def _note(statement: Mapping[str, Any]) -> None:
    """Keep what it says of an invitation; the rest is counted and gets the same answer."""
    service = current_service(NotificationsService)
    command = lesson_told(statement, service.settings.public_url)
    is_noted = False
    if command is not None:
        with service.open_work() as work:
            is_noted = note_lesson(work, command)
    STATEMENTS.labels("noted" if is_noted else "not_ours").inc()
