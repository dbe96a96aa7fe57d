"""The web process of the example."""

import os
from typing import Any

from flask import Blueprint, Flask

from chassis.http.openapi import ApiBlueprint
from chassis.http.strict_fields import Name, StrictSchema
from chassis.http.web import create_app
from chassis.service import Service


class GreetingSchema(StrictSchema):
    words = Name(required=True)


api = ApiBlueprint("greetings", __name__)
pages = Blueprint("pages", __name__)


@api.post("/v1/greetings")
@api.arguments(GreetingSchema)
@api.response(200)
def greet(greeting: dict[str, Any]) -> dict[str, Any]:
    """Greet."""
    return {**greeting, "worker": os.getpid()}


@pages.get("/links/<token>")
def show(token: str) -> str:
    return "a page"


def create_web_app(service: Service) -> Flask:
    access = {"POST /v1/greetings": "anybody", "GET /links/{token}": "anybody"}
    return create_app(service, __name__, title="Greetings", api=[api], pages=[pages], access=access)
