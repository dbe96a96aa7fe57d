"""All that onboarding keeps about a partner, machine-readable, and where the rest is."""

import json
from typing import Any
from uuid import UUID

from flask import Response

from chassis import clock
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.entrypoints.web.api.descriptions import described, described_request
from onboarding.entrypoints.web.application_schemas import COMPANY_FIELDS
from onboarding.entrypoints.web.timeline_words import Translate, service_of, text_of

# Some years of a busy partner; what is left out is said.
MOST_ENTRIES = 10_000
# What devices are called may tell of people.
_OF_A_GRANT = "/v1/grants/{grant_id}/devices, /v1/grants/{grant_id}/device-claims"


def exported(
    service: OnboardingService, work: OnboardingUnitOfWork, partner_id: UUID, translate: Translate
) -> dict[str, Any]:
    """As the partner itself may know it; raises PartnerUnknown."""
    partner, plan = work.partners.get(partner_id), work.access_plans.of(partner_id)
    page = work.lists.timeline(partner_id, for_operators=False, limit=MOST_ENTRIES)
    text = service.policies.agreements.accepted(partner.acceptance) if partner.acceptance else None
    provisioning = service.settings.provisioning_public_url
    integrations = service.settings.integrations_public_url
    about = described(partner, plan, for_operators=False, provisioning_url=provisioning)
    company = {name: getattr(partner.profile, name) for name in COMPANY_FIELDS}
    return {
        "exported_at": clock.now(),
        "partner": {**about, "company": company},
        "agreement_text": text.markdown if text else None,
        "requests": [described_request(one) for one in work.requests.of_partner(partner_id)],
        "learning": work.lists.learning(partner_id),
        "passkeys": [
            {"name": one.name, "added_at": one.added_at, "used_at": one.used_at}
            for one in work.passkeys.of_member(partner.contact.id)
        ],
        "timeline": [
            {
                "code": entry.code,
                "text": text_of(entry, translate),
                "occurred_at": entry.occurred_at,
                "service": service_of(entry),
                "facts": entry.facts,
            }
            for entry in page.items
        ],
        "is_timeline_cut": page.next_cursor is not None,
        "elsewhere": {
            "provisioning": f"{provisioning}/v1/partners/{partner_id}/grants, {_OF_A_GRANT}",
            **({"integrations": f"{integrations}/v1/partners/{partner_id}/consents"} if integrations else {}),
            "notifications": f"/v1/partners/{partner_id}/messages, /v1/partners/{partner_id}/invitations",
        },
    }


def attachment(body: dict[str, Any], partner_id: UUID) -> Response:
    """A file to be kept."""
    answer = Response(json.dumps(body, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="gangway-{partner_id}.json"'
    return answer
