"""Side ways: correction, rejection, withdrawal, links that are no good any more, strangers' addresses."""

from uuid import uuid4

import psycopg
from tests.end_to_end.partners import REVIEWED_BY_PEOPLE, Partner, Vendor, token_of
from tests.end_to_end.stacks import LocalStack
from tests.end_to_end.waiting import wait_for


def in_review(vendor: Vendor) -> Partner:
    """A partner with a session whose application waits for a person."""
    partner = vendor.new_partner("crm", country=REVIEWED_BY_PEOPLE)
    partner.sign_in()
    partner.await_state("in_review")
    return partner


def is_in_queue(vendor: Vendor, partner: Partner) -> bool:
    return partner.id in {line["partner_id"] for line in vendor.operator.all("GET /v1/reviews")}


def test_a_correction_goes_back_to_the_queue_and_on_to_approval(vendor: Vendor) -> None:
    partner = in_review(vendor)
    assert is_in_queue(vendor, partner)
    fields, message = ["website", "expected_benefits"], "Please name the page of your own company."
    asked = vendor.operator.move(partner.id, "correction-request", fields=fields, message=message)
    assert asked["state"] == "action_required"
    assert not is_in_queue(vendor, partner)
    partner.sign_in()  # by the link of the mail about the correction
    assert partner.see()["correction"] == {"fields": fields, "message": message}

    path = f"/v1/partners/{partner.id}/correction"
    not_asked_for = vendor.post("onboarding", path, {"language": "de"}, partner.session)
    assert not_asked_for.status_code == 422
    assert [error["pointer"] for error in not_asked_for.json()["errors"]] == ["/language"]
    website = f"https://corrected.{partner.email.rpartition('@')[2]}"
    partner.act("correction", company={"website": website}, expected_benefits="A better word.")
    wait_for("back in the queue", lambda: is_in_queue(vendor, partner))
    assert partner.see()["company"]["website"] == website

    reason = "They answered well."
    assert vendor.operator.move(partner.id, "approval", tier="select", reason=reason)["state"] == "approved"
    partner.accept_agreement()
    partner.await_state("active")
    assert partner.see()["tier"] == "select"
    codes = [entry["code"] for entry in partner.timeline() if entry["code"].startswith("partner.")]
    assert codes[3:7] == [
        "partner.review_started",
        "partner.action_required",
        "partner.correction_submitted",
        "partner.approved",
    ]


def test_a_rejected_applicant_reads_the_reason_and_may_apply_again(vendor: Vendor) -> None:
    partner = in_review(vendor)
    reason = "We do not work in your country yet."
    assert vendor.operator.move(partner.id, "rejection", reason=reason)["state"] == "rejected"
    assert partner.see()["decision"]["reason"] == reason
    token = vendor.addresses["ops_token"]
    late = vendor.post(
        "onboarding", f"/v1/partners/{partner.id}/approval", {"tier": "select", "reason": "Oh."}, token
    )
    assert late.status_code == 409
    assert (late.json()["state"], late.json()["target_state"]) == ("rejected", "approved")
    again = vendor.post("onboarding", "/v1/applications", partner.application)
    assert again.status_code == 202
    assert again.json()["partner_id"] != partner.id


def test_an_applicant_withdraws_before_the_agreement_only(vendor: Vendor) -> None:
    partner = in_review(vendor)
    assert partner.act("withdrawal", reason="We found no time.") == "withdrawn"
    assert partner.see()["state"] == "withdrawn"
    assert not is_in_queue(vendor, partner)
    bound = vendor.new_partner("crm")
    bound.become_active()
    refused = vendor.post("onboarding", f"/v1/partners/{bound.id}/withdrawal", {}, bound.session)
    assert refused.status_code == 409
    assert refused.json()["state"] == "active"


def test_a_used_link_says_where_a_new_one_comes_from(vendor: Vendor) -> None:
    partner = vendor.new_partner("crm", country=REVIEWED_BY_PEOPLE)
    link = partner.link()
    first = vendor.post("onboarding", "/v1/sessions", {"link_token": token_of(link)})
    assert first.status_code == 201
    refusal = vendor.post("onboarding", "/v1/sessions", {"link_token": token_of(link)})
    assert (refusal.status_code, refusal.json()["code"]) == (410, "link_used")
    assert refusal.json()["new_link"] == vendor.addresses["onboarding"] + "/new-link"
    assert vendor.get("onboarding", "/new-link").status_code == 200
    assert vendor.post("onboarding", "/v1/link-requests", {"email": partner.email}).status_code == 202
    partner.sign_in()
    assert partner.see()["partner_id"] == partner.id


def test_an_expired_link_does_nothing_and_says_where_a_new_one_comes_from(
    vendor: Vendor, local_stack: LocalStack
) -> None:
    partner = vendor.new_partner("crm")
    genuine = partner.link()
    with psycopg.connect(vendor.addresses["onboarding_database"]) as connection:
        late = "UPDATE links SET expires_at = now() - interval '5 seconds' WHERE partner_id = %s"
        connection.execute(late, (partner.id,))
    refusal = vendor.post("onboarding", "/v1/sessions", {"link_token": token_of(genuine)})
    assert (refusal.status_code, refusal.json()["code"]) == (410, "link_expired")
    assert refusal.json()["new_link"]
    assert partner.state == "applied"
    with psycopg.connect(vendor.addresses["onboarding_database"]) as connection:
        again = "UPDATE links SET expires_at = now() + interval '5 minutes' WHERE partner_id = %s"
        connection.execute(again, (partner.id,))
    assert vendor.post("onboarding", "/v1/sessions", {"link_token": token_of(genuine)}).status_code == 201


def test_nobody_learns_from_a_link_request_who_is_a_partner(vendor: Vendor) -> None:
    known = vendor.new_partner("crm", country=REVIEWED_BY_PEOPLE)
    known.sign_in()
    stranger = f"nobody@{uuid4().hex[:12]}.example"
    answers = [
        vendor.post("onboarding", "/v1/link-requests", {"email": email}) for email in (stranger, known.email)
    ]
    assert answers[0].status_code == answers[1].status_code == 202
    assert answers[0].json() == answers[1].json()
    known.sign_in()  # its mail came, so the stranger's request, sent before, had its turn
    wait_for("link requests that wait", lambda: waiting_link_requests(vendor), lambda count: count == 0)
    assert vendor.mailbox.count_to(stranger) == 0


def waiting_link_requests(vendor: Vendor) -> int:
    with psycopg.connect(vendor.addresses["onboarding_database"]) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'onboarding.send_requested_link' AND status IN ('todo', 'doing')"
        ).fetchone()
    return int(row[0]) if row else 0
