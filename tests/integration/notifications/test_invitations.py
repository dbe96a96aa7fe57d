"""Invitations: to whom, once ever, by a personal link that works once, by page and by API."""

import re
import uuid
from datetime import timedelta

import pytest

from chassis.failures import NotNow
from notifications.bootstrap import build_service
from notifications.entrypoints.sweeps.expiring_invitations import expire_all_due
from notifications.handlers.commands import ExpireInvitation
from notifications.handlers.invitations import expire

ZOE = "zoe@maschinenbau-weiss.example"
ZOES_ID = "0193f0a2-7c20-7c04-b3aa-90e7f4d21c02"
FORM = {"Accept-Language": "en"}


@pytest.fixture
def active(world):
    """An active partner whose IoT is granted, before any mail went out."""
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.tell("access.member_added", products=[])
    world.tell("access.granted", "iot")
    world.tell("partner.activated")
    return world


@pytest.fixture
def invited(active):
    """The same with all mails out."""
    active.deliver()
    return active


def paths_of(world) -> list[str]:
    return sorted(row["path"] for row in world.rows("SELECT path FROM invitations"))


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def link_in_mail(world, recipient: str = ZOE, title: str = "First steps with IoT") -> str:
    """The newest link to this path."""
    pattern = rf"[“„]{title}[”“]:\s+http://127.0.0.1:18402(/invitations/\S+)"
    found = [re.findall(pattern, text_of(mail)) for mail in world.transport.parsed(recipient)]
    return [link for links in found for link in links][-1]


def run_out(world) -> None:
    world.change("UPDATE invitations SET expires_at = now() - interval '1 second'")


def test_product_type_and_tier_choose_the_paths_for_each_member(invited):
    assert paths_of(invited) == [
        *["iot-first-steps"] * 2,
        *["iot-for-machine-builders"] * 2,
        *["partner-basics"] * 2,
    ]


def test_other_tiers_and_types_are_offered_less(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved", tier="registered", partner_type="reseller")
    world.tell("access.member_added", products=[])
    world.tell("access.granted", "iot")
    assert set(paths_of(world)) == {"iot-first-steps"}


def test_what_is_for_the_contact_goes_to_the_contact_only(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved", partner_type="reseller")
    world.tell("access.member_added", products=[])
    world.tell("access.granted", "crm")
    assert paths_of(world) == ["crm-everyday", "crm-everyday", "joint-selling"]


def test_a_product_granted_twice_invites_once(invited):
    invited.tell("access.granted", "iot")
    assert invited.deliver() == []
    assert len(paths_of(invited)) == 6


def test_access_before_the_approval_waits(world):
    with pytest.raises(NotNow, match="not known yet"):
        world.tell("access.granted", "iot")
    world.tell("partner.email_verification_requested")
    with pytest.raises(NotNow, match="not known yet"):
        world.tell("access.granted", "iot")


def test_access_of_a_partner_that_left_is_no_reason_to_wait(world):
    world.tell("partner.withdrawn")
    world.tell("access.granted", "iot")
    assert paths_of(world) == []


def test_the_invitation_is_told_when_its_mail_is_out(active):
    assert active.events("learning.invitation_sent") == []

    active.deliver()
    sent = active.events("learning.invitation_sent")
    assert sorted(event["language"] for event in sent) == [*["de"] * 3, *["en"] * 3]
    assert {event["path_title"] for event in sent if event["path"] == "iot-first-steps"} == {
        "First steps with IoT",
        "Erste Schritte mit IoT",
    }
    assert {event["partner_id"] for event in sent} == {active.partner_id}


def test_looking_changes_nothing_and_posting_accepts_once(invited):
    link, client = link_in_mail(invited), invited.client()
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200
        assert "Accept the invitation" in page.text
    assert invited.events("learning.invitation_accepted") == []

    page = client.post(link)
    assert page.status_code == 200
    assert "https://learn.gangway.example/paths/iot-first-steps" in page.text
    # A double click sees what the first click would have shown; coming back later, what became of it.
    assert client.post(link).text == page.text
    later = client.get(link)
    assert later.status_code == 410
    assert "You have already accepted" in later.text
    (event,) = invited.events("learning.invitation_accepted")
    assert event["path"] == "iot-first-steps"
    burnt = invited.rows("SELECT count(*) FROM links WHERE burnt_at IS NOT NULL")
    assert burnt[0]["count"] == 1


def test_the_page_speaks_the_members_language_unless_told_otherwise(invited):
    german = link_in_mail(invited, "juergen.weiss@maschinenbau-weiss.example", "Erste Schritte mit IoT")
    client = invited.client()
    assert "Einladung annehmen" in client.get(german, headers=FORM).text
    assert "Accept the invitation" in client.get(f"{german}?lang=en").text


def test_another_site_cannot_accept_for_a_person(invited):
    link = link_in_mail(invited)
    assert invited.client().post(link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert invited.events("learning.invitation_accepted") == []


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "%00", "x" * 3000])
def test_a_damaged_link_is_no_page_of_ours(world, token):
    assert world.client().get(f"/invitations/{token}").status_code == 404
    assert world.client().post(f"/invitations/{token}/renewal").status_code == 404


def test_a_link_for_another_purpose_accepts_nothing(invited):
    mail = invited.transport.parsed(ZOE)[-1]
    stop = re.search(r"/learning-mail/([^>]+)>", mail["List-Unsubscribe"])[1]
    assert invited.client().post(f"/invitations/{stop}").status_code == 404


def test_an_expired_invitation_offers_a_new_link_that_works(invited):
    old, client = link_in_mail(invited), invited.client()
    run_out(invited)
    page = client.get(old)
    assert page.status_code == client.post(old).status_code == 410
    assert "Email me a new link" in page.text

    answer = client.post(f"{old}/renewal")
    assert answer.status_code == 202
    assert client.post(f"{old}/renewal").text == answer.text
    sent_before = len(invited.transport.mails)
    invited.deliver()
    assert len(invited.transport.mails) == sent_before + 1
    new = link_in_mail(invited)
    assert new != old
    assert client.get(f"{old}/renewal?lang=de").location == f"{old}?lang=de"
    assert client.post(old).status_code == 410
    assert client.post(new).status_code == 200
    assert len(invited.events("learning.invitation_expired")) == 1


def test_asking_for_a_new_link_while_the_old_one_works_mails_nothing(invited):
    answer = invited.client().post(f"{link_in_mail(invited)}/renewal")
    assert answer.status_code == 202
    assert invited.deliver() == []


def test_an_invitation_whose_time_is_over_is_closed_once(invited):
    everybody = len(invited.rows("SELECT id FROM invitations"))
    assert expire_all_due(invited.service) == 0
    run_out(invited)
    assert expire_all_due(invited.service) == everybody
    assert expire_all_due(invited.service) == 0
    assert len(invited.events("learning.invitation_expired")) == everybody
    assert {row["state"] for row in invited.rows("SELECT state FROM invitations")} == {"expired"}


@pytest.mark.parametrize(
    "end",
    [("partner.offboarding_started", {}), ("partner.member_removed", {"member_id": ZOES_ID})],
    ids=["partnership", "membership"],
)
def test_nobody_is_promised_a_place_after_the_partnership_or_the_membership(invited, end):
    link, client = link_in_mail(invited), invited.client()
    assert client.post(link).status_code == 200
    name, facts = end
    invited.tell(name, **facts)
    for page in (client.get(link), client.post(link)):
        assert page.status_code == 410
        assert "This invitation is no longer available" in page.text


def test_an_accepted_invitation_does_not_expire(invited):
    invited.client().post(link_in_mail(invited))
    (row,) = invited.rows("SELECT id, link_id FROM invitations WHERE state = 'accepted'")
    run_out(invited)
    with invited.service.open_work() as work:
        command = ExpireInvitation(invitation_id=row["id"], link_id=row["link_id"])
        assert not expire(work, command)


def test_one_click_stops_learning_offers_and_nothing_else(invited):
    mail = invited.transport.parsed(ZOE)[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = mail["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:18402")
    client = invited.client()
    assert client.get(path).status_code == 200
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200

    told = len(invited.transport.parsed(ZOE))
    invited.tell("access.granted", "crm")
    invited.tell("partner.suspended")
    invited.tell("partner.resumed")
    invited.deliver()
    assert invited.transport.parsed(ZOE)[told:] == []
    assert client.post(link_in_mail(invited)).status_code == 200


def test_offers_that_waited_when_they_were_stopped_are_not_mailed_but_an_asked_for_link_is(invited):
    mail = invited.transport.parsed(ZOE)[-1]
    path = mail["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:18402")
    told = len(invited.transport.parsed(ZOE))
    invited.tell("access.granted", "crm")
    invited.client().post(path)
    invited.deliver()
    assert len(invited.transport.parsed(ZOE)) == told
    old = link_in_mail(invited)
    run_out(invited)
    invited.client().post(f"{old}/renewal")
    invited.deliver()
    [mail] = invited.transport.parsed(ZOE)[told:]
    assert text_of(mail).count("/invitations/") == 1


def test_stopping_learning_offers_can_be_undone(invited):
    mail = invited.transport.parsed(ZOE)[-1]
    path = mail["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:18402")
    client = invited.client()
    assert f'action="{path}/again"' in client.post(path, headers=FORM).text
    assert "We will email you learning offers again." in client.post(f"{path}/again?lang=en").text
    assert client.get(f"{path}/again?lang=de").location == f"{path}?lang=de"
    told = len(invited.transport.parsed(ZOE))
    invited.tell("access.granted", "crm")
    invited.deliver()
    assert len(invited.transport.parsed(ZOE)) > told


def test_all_that_is_due_together_goes_as_one_mail_after_the_access(world):
    """From application to active: three mails for the contact, one for everybody else."""
    world.tell("partner.email_verification_requested")
    world.deliver()
    world.tell("partner.approved")
    world.tell("access.member_added", products=[])
    world.tell("access.granted", "iot")
    world.tell("access.granted", "crm")
    world.deliver()
    assert world.transport.parsed(ZOE) == []
    assert world.events("learning.invitation_sent") == []
    world.tell("partner.activated")
    world.deliver()
    [mail] = world.transport.parsed(ZOE)
    assert mail["Subject"] == "Your access is ready"
    text = text_of(mail)
    links = re.findall(r"http://127.0.0.1:18402/invitations/(\S+)", text)
    assert len(links) == len(set(links)) == 4
    assert max(map(len, links)) <= 110
    offers = text[text.index("we would like to invite you") :]
    for title in ("First steps with IoT", "CRM", "Partnership from day one"):
        assert f"* {title}" in offers
    assert "You can now use" not in offers
    assert len(world.transport.parsed("juergen.weiss@maschinenbau-weiss.example")) == 3
    told = world.events("learning.invitation_sent")
    assert len(told) == len(world.rows("SELECT id FROM invitations"))
    assert {row["state"] for row in world.rows("SELECT state FROM invitations")} == {"sent"}


def test_what_comes_later_is_gathered_into_one_mail(environ, world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.tell("access.member_added", products=[])
    world.tell("partner.activated")
    world.deliver()
    told = len(world.transport.parsed(ZOE))
    patient = build_service({**environ, "MAIL_GATHERING_SECONDS": "60"}, transport=world.transport)
    world.service.database.dispose()
    world.service = patient
    world.tell("access.granted", "iot")
    world.tell("access.granted", "crm")
    assert world.deliver() == []
    [job] = world.waiting("send_mails")
    assert job["scheduled_at"] is not None
    world.change("UPDATE procrastinate_jobs SET scheduled_at = now()")
    assert world.deliver() == [], "a job that comes early sends nothing early, and comes again"
    [job] = world.waiting("send_mails")
    assert job["scheduled_at"] == min(
        row["retry_at"] for row in world.rows("SELECT retry_at FROM messages") if row["retry_at"]
    )
    world.change("UPDATE procrastinate_jobs SET scheduled_at = now()")
    world.change("UPDATE messages SET retry_at = now() WHERE retry_at IS NOT NULL")
    world.deliver()
    [mail] = world.transport.parsed(ZOE)[told:]
    assert mail["Subject"] == "Your invitations: First steps with IoT and more"
    assert text_of(mail).count("/invitations/") == 3
    world.tell("access.granted", "analytics")
    world.change("UPDATE procrastinate_jobs SET scheduled_at = now()")
    world.change("UPDATE messages SET retry_at = now() WHERE retry_at IS NOT NULL")
    world.deliver()
    assert len(world.transport.parsed(ZOE)) == told + 2


def test_a_mail_that_failed_takes_its_offers_along_when_it_is_tried_again(active):
    active.transport.refusals = [NotNow("smtp_away", "not now", timedelta(0)) for _ in range(3)]
    active.deliver()
    active.change("UPDATE procrastinate_jobs SET scheduled_at = now()")
    active.tell("access.granted", "crm")
    active.deliver()
    active.change("UPDATE procrastinate_jobs SET scheduled_at = now()")
    active.deliver()
    links = [re.findall(r"/invitations/(\S+)", text_of(mail)) for mail in active.transport.parsed(ZOE)]
    told = [link for found in links for link in found]
    assert (
        len(told)
        == len(set(told))
        == len(
            active.rows(
                "SELECT i.id FROM invitations i JOIN members m ON m.id = i.member_id WHERE m.email = :zoe",
                zoe=ZOE,
            )
        )
    )


def test_offers_of_a_mail_that_became_moot_go_with_a_later_one(active):
    active.tell("partner.suspended")
    active.deliver()
    assert active.events("learning.invitation_sent") == []
    active.tell("partner.resumed")
    active.deliver()
    [mail] = active.transport.parsed(ZOE)
    assert text_of(mail).count("/invitations/") == 3
    assert {row["state"] for row in active.rows("SELECT state FROM invitations")} == {"sent"}


def test_offers_of_a_mail_that_was_tried_before_it_became_moot_go_with_a_later_one(active):
    active.transport.refusals = [NotNow("smtp_away", "not now", timedelta(0)) for _ in range(3)]
    active.deliver()
    active.tell("partner.suspended")
    assert active.rows("SELECT id FROM invitations WHERE message_id IS NOT NULL") == []
    active.tell("partner.resumed")
    active.change("UPDATE procrastinate_jobs SET scheduled_at = now()")
    active.transport.refusals.clear()
    active.deliver()
    told = [text_of(mail).count("/invitations/") for mail in active.transport.parsed(ZOE)]
    assert sum(told) == 3
    assert {row["state"] for row in active.rows("SELECT state FROM invitations")} == {"sent"}


def test_a_path_that_is_gone_is_neither_mailed_nor_told_as_sent(world):
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.tell("access.member_added", products=[])
    world.tell("access.granted", "iot")
    world.change("UPDATE invitations SET path = 'no-longer-offered' WHERE path = 'iot-first-steps'")
    world.tell("partner.activated")
    world.deliver()
    gone = world.rows("SELECT state, message_id FROM invitations WHERE path = 'no-longer-offered'")
    assert {(row["state"], row["message_id"]) for row in gone} == {("cancelled", None)}
    assert "no-longer-offered" not in {event["path"] for event in world.events("learning.invitation_sent")}
    assert {row["state"] for row in world.rows("SELECT state FROM messages WHERE kind = 'access_ready'")} == {
        "sent"
    }


class TestApi:
    """The same by JSON."""

    def accept(self, world, token: str, key: str = "a key of mine"):
        return world.client().post(
            "/v1/invitation-acceptances", json={"token": token}, headers={"Idempotency-Key": key}
        )

    def test_accepting_twice_with_one_key_gives_the_first_answer(self, invited):
        token = link_in_mail(invited).rpartition("/")[2]
        first, again = self.accept(invited, token), self.accept(invited, token)
        assert first.status_code == again.status_code == 201
        assert first.json == again.json
        assert first.json["path"] == "iot-first-steps"
        assert len(invited.events("learning.invitation_accepted")) == 1
        other = self.accept(invited, token, "another key")
        assert (other.status_code, other.json["code"]) == (410, "link_used")

    def test_an_expired_link_names_the_page_that_mails_a_new_one(self, invited):
        link = link_in_mail(invited)
        run_out(invited)
        answer = self.accept(invited, link.rpartition("/")[2])
        assert (answer.status_code, answer.json["code"]) == (410, "link_expired")
        assert answer.json["new_link"].endswith(link)

    def test_a_foreign_token_is_404(self, world):
        assert self.accept(world, "x").status_code == 404

    def test_operators_see_mails_and_invitations_and_nobody_else_does(self, invited):
        client, ops = invited.client(), {"Authorization": f"Bearer {invited.ops_token}"}
        for part, count in (("messages", 4), ("invitations", 6)):
            url = f"/v1/partners/{invited.partner_id}/{part}"
            assert len(client.get(url, headers=ops).json[part]) == count
            assert client.get(url).status_code == 401
        unknown = f"/v1/partners/{uuid.uuid4()}/messages"
        assert client.get(unknown, headers=ops).status_code == 404

    def test_operators_retry_a_failed_message_only(self, invited):
        client = invited.client()
        (row, *_) = invited.rows("SELECT id FROM messages WHERE state = 'sent'")
        headers = {"Authorization": f"Bearer {invited.ops_token}", "Idempotency-Key": "retry it"}
        why = {"reason": "The mail server is back."}
        url = f"/v1/messages/{row['id']}/retry"
        refused = client.post(url, json=why, headers=headers)
        assert (refused.status_code, refused.json["state"]) == (409, "sent")
        invited.change("UPDATE messages SET state = 'failed', attempts = 3 WHERE id = :id", id=row["id"])
        accepted = client.post(url, json=why, headers=headers)
        assert (accepted.status_code, accepted.json["state"]) == (202, "planned")
        unknown = f"/v1/messages/{uuid.uuid4()}/retry"
        other_key = headers | {"Idempotency-Key": "another one"}
        assert client.post(unknown, json=why, headers=other_key).status_code == 404
