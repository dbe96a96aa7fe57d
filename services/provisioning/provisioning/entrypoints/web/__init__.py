"""The web process: what operators and partners see and do."""

from flask import Flask
from marshmallow import fields

from chassis.database.recorded_sessions import asking, held_by_another
from chassis.http.described import described
from chassis.http.problems import Problem
from chassis.http.web import create_app
from chassis.operating.http import operators_api
from chassis.service import Service
from chassis.translations import Translations
from provisioning.bootstrap import WORDS
from provisioning.domain import refusals
from provisioning.domain.grant_states import MoveNotAllowed
from provisioning.entrypoints.web.api import (
    changing_plans,
    collecting,
    device_claims,
    devices,
    leases,
    operating,
    pooling,
    reading,
    spending,
    sweeping,
    ways_in,
)
from provisioning.entrypoints.web.pages import collecting as collecting_pages
from provisioning.entrypoints.web.pages import devices as devices_pages
from provisioning.entrypoints.web.pages import ways_in as ways_in_pages


def create_web_app(service: Service) -> Flask:
    """Build the app; opens no connection."""
    return create_app(
        service,
        __name__,
        title="Gangway provisioning",
        description="What a partner gets: grants, steps, causes; retry, repair, skip, force, waive.",
        api=[
            *(reading.api, operating.api, leases.api, changing_plans.api),
            *(
                collecting.api,
                devices.api,
                device_claims.api,
                ways_in.api,
                sweeping.api,
                pooling.api,
                spending.api,
            ),
            operators_api,
        ],
        pages=[collecting_pages.pages, devices_pages.pages, ways_in_pages.pages],
        translations=Translations(WORDS / "pages"),
        is_session_over=asking(service.database, held_by_another("partners", "partner_id", "contact_since")),
        problems={
            refusals.Refused: lambda error: Problem(409, error.code, error.message),
            refusals.GrantNotFound: lambda _: Problem(404, "not_found", "There is no such grant."),
            refusals.DeviceNotFound: lambda _: Problem(404, "not_found", "The grant has no such device."),
            refusals.ClaimNotFound: lambda _: Problem(404, "not_found", "The grant has no such claim."),
            refusals.ClaimNotValid: lambda _: Problem(403, "claim_not_valid", "No claim has this secret."),
            MoveNotAllowed: _move_not_allowed,
            refusals.NothingToCollect: _nothing_to_collect,
            refusals.FindingNotFound: lambda _: Problem(404, "not_found", "There is no such finding."),
            refusals.AccountNotFound: lambda _: Problem(404, "not_found", "There is no such account."),
        },
        problem_members={
            "state": described(fields.String(), "Where the grant stands"),
            "wanted_state": described(fields.String(), "Where it cannot go from there"),
        },
    )


def _move_not_allowed(error: MoveNotAllowed) -> Problem:
    return Problem(409, "move_not_allowed", str(error), state=error.before, wanted_state=error.after)


def _nothing_to_collect(error: refusals.NothingToCollect) -> Problem:
    return Problem(410 if error.is_gone else 409, error.code, error.message)
