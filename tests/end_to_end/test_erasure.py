"""A partner that lived a full life is erased: nobody finds it any more in a table or a log of any service."""

from typing import Any

import pytest
from tests.end_to_end.event_log import EventLog
from tests.end_to_end.partners import REVIEWED_BY_PEOPLE, Partner, Vendor, new_application, token_of
from tests.end_to_end.stacks import LocalStack
from tests.end_to_end.test_secrets import found_in, logs, person_of_many_encodings, rows
from tests.end_to_end.waiting import wait_for
from tests.soft_authenticator import SoftPasskey

PRODUCTS = ("cloud_sandbox", "crm", "iot")
WORDS = "Words that only this partner ever used"


@pytest.fixture(scope="module")
def partner(vendor: Vendor) -> Partner:
    """From a draft to the farewell: corrected, asked for more, with people who came and went."""
    application = person_of_many_encodings(new_application(*PRODUCTS, country=REVIEWED_BY_PEOPLE))
    application["expected_benefits"] = WORDS
    one = Partner(vendor, application, apply_from_a_draft(vendor, application))
    one.sign_in()
    one.await_state("in_review")
    be_corrected(vendor, one)
    vendor.operator.move(one.id, "approval", tier="select", reason="They answered well.")
    one.accept_agreement()
    one.await_state("active")
    use_everything(vendor, one)
    one.act("offboarding", reason=WORDS)
    one.await_state("offboarded")
    return one


def apply_from_a_draft(vendor: Vendor, application: dict[str, Any]) -> str:
    email = application["contact"]["email"]
    saved = vendor.post(
        "onboarding", "/v1/drafts", {"email": email, "language": "en", "application": application}
    )
    assert saved.status_code == 202, saved.text
    token = token_of(Partner(vendor, application, "").link(path="drafts"))
    answer = vendor.post("onboarding", "/v1/applications", {**application, "draft_token": token})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["partner_id"])


def be_corrected(vendor: Vendor, partner: Partner) -> None:
    vendor.operator.move(
        partner.id, "correction-request", fields=["expected_benefits"], message="Say more, please."
    )
    partner.sign_in()
    partner.act("correction", expected_benefits=f"{WORDS}, and more of them")
    partner.await_state("in_review")


def use_everything(vendor: Vendor, partner: Partner) -> None:
    """A passkey, a request, a lesson, a key; one person leaves and another one is named."""
    path = f"/v1/partners/{partner.id}"
    options = vendor.post("onboarding", f"{path}/passkey-challenges", None, partner.session)
    site = vendor.addresses["site"]
    credential = SoftPasskey(site).create(options.json()["public_key"])
    answers = [
        vendor.post(
            "onboarding", f"{path}/passkeys", {"name": WORDS, "credential": credential}, partner.session
        ),
        vendor.post(
            "onboarding",
            f"{path}/requests",
            {"kind": "product", "product": "analytics", "reason": WORDS},
            partner.session,
        ),
        vendor.post("onboarding", f"{path}/members", grace(partner), partner.session),
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201], [a.text for a in answers]
    token = token_of(partner.link("notifications", "invitations"))
    assert vendor.post("notifications", "/v1/invitation-acceptances", {"token": token}).status_code == 201
    [colleague] = [m for m in partner.see()["members"] if m["standing"] == "confirmed"]
    gone = vendor.post("onboarding", f"{path}/members/{colleague['member_id']}/removal", {}, partner.session)
    assert gone.status_code == 200, gone.text


def grace(partner: Partner) -> dict[str, Any]:
    """Somebody who is asked and never answers."""
    domain = partner.email.rpartition("@")[2]
    return {
        "given_name": "Gracious",
        "family_name": f"Hopper-{domain}",
        "email": f"gracious@{domain}",
        "language": "en",
    }


@pytest.fixture(scope="module")
def texts(partner: Partner) -> dict[str, str]:
    """All by which the company or one of its people could be told."""
    company = partner.application["company"]
    people = [partner.application["contact"], *partner.application["members"], grace(partner)]
    return {
        "words": WORDS,
        "name": company["legal_name"],
        "number": company["registration_number"],
        "website": company["website"].removeprefix("https://"),
        **{
            f"{name} {number}": person[name]
            for number, person in enumerate(people)
            for name in ("email", "family_name")
        },
    }


def test_nothing_of_a_full_life_is_found_in_any_table_or_log(
    local_stack: LocalStack, vendor: Vendor, event_log: EventLog, partner: Partner, texts: dict[str, str]
) -> None:
    sharing = new_application("crm")
    sharing["members"] = [partner.application["members"][0]]
    other_id = vendor.post("onboarding", "/v1/applications", sharing).json()["partner_id"]
    # The shared mailbox has a link of the first partner already.
    other = Partner(vendor, sharing, other_id, used_links=partner.used_links)
    other.become_active()
    before = other.see()
    found = {table.partition(".")[0] for _, table in found_in(texts, rows(vendor))}
    assert found == {"onboarding", "provisioning", "notifications"}

    erased = vendor.operator.move(partner.id, "erasure", reason="They asked for it.")
    assert erased["partner_id"] == partner.id
    mine = {name: text for name, text in texts.items() if not name.endswith(" 1")}
    wait_for("nothing is left", lambda: tables_of(vendor, mine), lambda left: not left)
    assert found_in(texts, logs(local_stack)) == set()
    assert vendor.get("onboarding", f"/v1/partners/{partner.id}", partner.session).status_code in {401, 404}
    again = vendor.post(
        "onboarding",
        f"/v1/partners/{partner.id}/erasure",
        {"reason": "Once more."},
        vendor.addresses["ops_token"],
    )
    assert again.status_code == 404
    assert vendor.operator.grants(partner.id) == []
    assert {name: other.see()[name] for name in ("state", "members")} == {
        name: before[name] for name in ("state", "members")
    }
    assert vendor.outside.missing("crm", other.grants()["crm"]["identifiers"], other.emails) == []
    # A snapshot waits for a moment in the outbox, as another one may follow; so does its tombstone.
    last = {"partner.lifecycle.v1": "partner.erased", "partner.state.v1": None}
    wait_for("its last words are told", lambda: told_last(event_log, partner), lambda told: told == last)


def tables_of(vendor: Vendor, texts: dict[str, str]) -> set[tuple[str, str]]:
    """Where they stand still."""
    return found_in(texts, rows(vendor))


def told_last(event_log: EventLog, partner: Partner) -> dict[str, str | None]:
    """The last event of the partner on each of onboarding's topics; None for a tombstone."""
    last: dict[str, str | None] = {}
    for record in event_log.records("partner.lifecycle.v1", "partner.state.v1"):
        if record.key == partner.id.encode():
            name = (dict(record.headers).get("ce_type") or b"").decode().removeprefix("gangway.")
            last[record.topic] = name.removesuffix(".v1") if record.value else None
    return last
