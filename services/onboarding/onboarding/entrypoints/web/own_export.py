"""All that onboarding keeps about a partner, machine-readable, and where the rest is."""

import json
from typing import Any
from uuid import UUID

from flask import Response

from chassis import clock
from chassis.events import as_json
from chassis.http.current_service import current_service
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.limits import Act
from onboarding.entrypoints.web.api.descriptions import described, described_request, timeline_page
from onboarding.entrypoints.web.limiting import pass_limits
from onboarding.handlers.commands import ExportPartner
from onboarding.handlers.own_data import note_export

# Some years of a busy partner; what is left out is said.
MOST_ENTRIES = 10_000
# What devices are called may tell of people.
_OF_A_GRANT = "/v1/grants/{grant_id}/devices, /v1/grants/{grant_id}/device-claims"


def export(partner_id: UUID) -> Response:
    """A file to be kept; the timeline says that it was taken along. Raises PartnerUnknown, TooOften."""
    pass_limits(Act.EXPORT, application_id=partner_id)
    service = current_service(OnboardingService)
    with service.open_work() as work:
        note_export(work, ExportPartner(partner_id=partner_id))
    with service.open_work() as work:
        body = as_json(_exported(service, work, partner_id))
    answer = Response(json.dumps(body, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="gangway-{partner_id}.json"'
    return answer


def _exported(service: OnboardingService, work: OnboardingUnitOfWork, partner_id: UUID) -> dict[str, Any]:
    """As the partner itself may know it."""
    partner, plan = work.partners.get(partner_id), work.access_plans.of(partner_id)
    page = work.lists.timeline(partner_id, for_operators=False, limit=MOST_ENTRIES)
    text = service.policies.agreements.accepted(partner.acceptance)
    provisioning = service.settings.provisioning_public_url
    integrations = service.settings.integrations_public_url
    told = f"{service.settings.notifications_public_url}/v1/partners/{partner_id}"
    return {
        "exported_at": clock.now(),
        "partner": described(partner, plan, for_operators=False, provisioning_url=provisioning),
        "agreement_text": text.markdown if text else None,
        "requests": [described_request(one) for one in work.requests.of_partner(partner_id)],
        "learning": work.lists.learning(partner_id),
        "passkeys": [
            {"name": one.name, "added_at": one.added_at, "used_at": one.used_at}
            for one in work.passkeys.of_member(partner.contact.id)
        ],
        "timeline": timeline_page(page, for_operators=False)["entries"],
        "is_timeline_cut": page.next_cursor is not None,
        "elsewhere": {
            "provisioning": f"{provisioning}/v1/partners/{partner_id}/grants, {_OF_A_GRANT}",
            **({"integrations": f"{integrations}/v1/partners/{partner_id}/consents"} if integrations else {}),
            "notifications": f"{told}/messages, {told}/invitations",
        },
    }
