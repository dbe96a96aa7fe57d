"""API: operators bring in applications that came another way."""

import json
from typing import Any

from flask import request
from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.openapi import ApiBlueprint
from chassis.operating.audited import note_own_act
from onboarding.bootstrap import OnboardingService
from onboarding.entrypoints.web.api.questions import OperatorsReasonSchema
from onboarding.entrypoints.web.application_schemas import ApplicationSchema, application_from
from onboarding.handlers.apply import import_application
from onboarding.handlers.commands import ImportApplication

api = ApiBlueprint("importing", __name__, description="For operators: applications that came another way")


class ImportSchema(OperatorsReasonSchema):
    """One application, and why it is brought in."""

    application = fields.Nested(ApplicationSchema, required=True)
    is_trial = described(
        fields.Boolean(truthy={True}, falsy={False}, load_default=False),
        "Look whether it could be taken, and change nothing",
    )


class ImportedSchema(Schema):
    """Whose it is."""

    partner_id = described(fields.UUID(required=True, allow_none=True), "Null after a trial")
    is_new = described(fields.Boolean(required=True), "False where just this was brought in before")


@api.post("/v1/application-imports")
@api.arguments(ImportSchema)
@api.response(200, ImportedSchema)
def post_application_import(body: dict[str, Any]) -> dict[str, Any]:
    """Import an application; its contact verifies the email address as always.

    The same content again, whoever sends it and however late, makes nothing a second time while the partner
    goes on; once that is over (withdrawn, expired, rejected, left), it is a new application.
    """
    if body["is_trial"]:
        return {"partner_id": None, "is_new": False}
    service = current_service(OnboardingService)
    content = json.dumps(request.get_json()["application"], sort_keys=True)
    # Keyed: names and numbers could be guessed from a plain digest, which is kept for good.
    command = ImportApplication(
        application=application_from(body["application"]), digest=service.digests.of("import", content)
    )
    with service.open_work() as work:
        partner_id, is_new = import_application(work, command)
        if is_new:
            note_own_act(work, "import application", partner_id, body["reason"])
    return {"partner_id": partner_id, "is_new": is_new}
