"""The web process: pages for invited people, and what operators see and do."""

from flask import Flask
from marshmallow import fields

from chassis.database.recorded_sessions import asking, held_by_another
from chassis.http.described import described
from chassis.http.problems import Problem
from chassis.http.web import create_app
from chassis.identity.links import LinkInvalid
from chassis.operating.http import operators_api
from chassis.service import Service
from chassis.translations import Translations
from notifications.bootstrap import WORDS
from notifications.domain.messages import MoveNotAllowed
from notifications.entrypoints.web.api import acceptances, learning_paths, operating, statements
from notifications.entrypoints.web.pages import invitations, learning_mail


def create_web_app(service: Service) -> Flask:
    """Build the app; opens no connection."""
    return create_app(
        service,
        __name__,
        title="Gangway notifications",
        description="Mails and learning invitations: what was sent, what failed and why; accept, retry.",
        api=[acceptances.api, operating.api, learning_paths.api, statements.api, operators_api],
        pages=[invitations.pages, learning_mail.pages],
        translations=Translations(WORDS / "pages"),
        is_session_over=asking(service.database, held_by_another("partners", "id", "contact_since")),
        problems={MoveNotAllowed: _move_not_allowed, LinkInvalid: _link_unknown},
        problem_members={
            "state": described(fields.String(), "Where the message stands"),
            "wanted_state": described(fields.String(), "Where it cannot go from there"),
            "new_link": fields.String(
                metadata={"format": "uri", "description": "Page that sends a new invitation"}
            ),
        },
    )


def _link_unknown(_: LinkInvalid) -> Problem:
    return Problem(404, "link_unknown", "This is not one of our links, or it was damaged on its way.")


def _move_not_allowed(error: MoveNotAllowed) -> Problem:
    text = f"Only a failed message can be tried again; this one is {error.current}."
    return Problem(409, "move_not_allowed", text, state=str(error.current), wanted_state=str(error.target))
