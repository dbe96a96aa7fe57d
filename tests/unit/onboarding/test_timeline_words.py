"""Every line of the timeline has words in every language, also with few or strange facts."""

from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from tests.contracts.services import sent

from chassis.translations import Translations
from onboarding.adapters.received_events import CONSUMED
from onboarding.bootstrap import WORDS
from onboarding.domain.timeline import KEPT, entry_of
from onboarding.entrypoints.web.timeline_words import service_of, text_of

SENT = sent("onboarding")
WORDS = Translations(WORDS / "timeline")


def line(code: str, language: str, **data: Any) -> str:
    entry = entry_of(uuid4(), code, datetime.now(UTC), "/gangway/provisioning", "1", data)
    assert service_of(entry) == "provisioning"
    return text_of(entry, partial(WORDS.text, language))


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("code", KEPT)
def test_each_line_has_words(code: str, language: str) -> None:
    assert line(code, language)


def test_every_event_that_is_sent_or_heard_has_a_line_of_its_own_fields() -> None:
    found = {kind.name: {field.name for field in fields(kind)} for kind in SENT.values()}
    found |= {key.removesuffix(".v1"): set(schema.fields) for key, schema in CONSUMED.items()}
    ours_alone = {
        *("partner.screened_again", "partner.deadline_passed", "partner.registration_shared"),
        *("partner.members_declined", "partner.exported"),
    }
    # Told of what is no partner yet, or no more, or as a whole.
    without_line = {
        *("partner.state", "partner.draft_saved", "partner.draft_ended", "partner.sessions_ended"),
        "partner.erased",
    }
    assert found.keys() - without_line == KEPT.keys() - ours_alone
    for code in found.keys() - without_line:
        assert {*KEPT[code].facts, *KEPT[code].internal} <= found[code], code


@pytest.mark.parametrize(
    ("code", "data", "text"),
    [
        ("partner.applied", {"products_wanted": ["iot", "crm"]}, "Gewünscht: IoT, CRM."),
        ("partner.applied", {"products_wanted": []}, "Gewünscht: –."),  # noqa: RUF001
        ("access.granted", {"product": "iot"}, "IoT: bereit."),
        ("access.granted", {"product": "quantum"}, "quantum: bereit."),
        ("access.failed", {"product": "crm", "message": "Zu.", "will_retry": True}, "wieder versucht. Zu."),
        ("access.failed", {"product": "crm", "message": "Zu.", "will_retry": False}, "nicht geklappt. Zu."),
        (
            "access.expiring",
            {"product": "iot", "ends_at": "2027-05-02T11:14:07+02:00"},
            "IoT: endet am 2. Mai 2027, 09:14 UTC, wenn",
        ),
        ("access.expiring", {"product": "iot"}, "IoT: endet am –, wenn"),  # noqa: RUF001
        ("access.budget_warned", {"product": "iot", "percent": 80}, "IoT: 80 Prozent des Monatsbudgets"),
        (
            "access.budget_exceeded",
            {"product": "iot", "action": "end"},
            "verbraucht. Damit endet die Laufzeit.",
        ),
        (
            "access.budget_exceeded",
            {"product": "iot", "action": "new"},
            "abgeschaltet; gelöscht wird nichts.",
        ),
        ("partner.action_required", {"fields": ["country"], "message": "{ $x }"}, "(Land): { $x }"),
    ],
)
def test_facts_stand_in_the_sentence(code: str, data: dict[str, Any], text: str) -> None:
    assert text in line(code, "de", **data)


def test_what_is_kept_is_never_personal() -> None:
    personal = {"contact", "members", "given_name", "family_name", "email"}
    for kept in KEPT.values():
        assert not personal & {*kept.facts, *kept.internal}
        assert not {"decided_by", "findings", "waived_by", "approved_by", "requested_by"} & set(kept.facts)
