"""One partner's whole life by the JSON API alone, and what the outside itself says at each turn."""

import re
from itertools import pairwise
from urllib.parse import urljoin

import httpx
from tests.end_to_end.partners import Partner, Vendor, token_of
from tests.end_to_end.waiting import wait_for

from chassis.identity.session import COOKIE

PRODUCTS = ("cloud_sandbox", "analytics", "crm", "iot")
# What the partner reads, in this order; between these lines stand mails, invitations and products.
LIFE = [
    "partner.applied",
    "partner.email_verification_requested",
    "partner.email_verified",
    "partner.review_started",
    "partner.approved",
    "partner.member_confirmation_requested",
    "partner.member_added",
    "partner.agreement_accepted",
    "partner.provisioning_started",
    "partner.activated",
    "partner.suspended",
    "partner.resumed",
    "partner.offboarding_started",
    "partner.offboarded",
]
OF_EACH_PRODUCT = [
    "access.provisioning_started",
    "access.granted",
    "access.frozen",
    "access.unfrozen",
    "access.revoked",
]


def test_a_life_from_application_to_farewell(vendor: Vendor) -> None:
    partner = vendor.new_partner(*PRODUCTS)
    partner.become_active()
    assert set(partner.grants()) == set(PRODUCTS)
    assert vendor.there(partner) == []
    accept_an_invitation(vendor, partner)
    collect_the_key_once(vendor, partner)
    walk_by_links(vendor, partner)
    suspend_and_resume(vendor, partner)
    leave(vendor, partner)
    check_timeline(vendor, partner)


def accept_an_invitation(vendor: Vendor, partner: Partner) -> None:
    token = {"token": token_of(partner.link("notifications", "invitations"))}
    accepted = vendor.post("notifications", "/v1/invitation-acceptances", token)
    assert accepted.status_code == 201
    again = vendor.post("notifications", "/v1/invitation-acceptances", token)
    assert (again.status_code, again.json()["code"]) == (410, "link_used")
    states = {entry["invitation_id"]: entry["state"] for entry in vendor.operator.invitations(partner.id)}
    assert states[accepted.json()["invitation_id"]] == "accepted"


def collect_the_key_once(vendor: Vendor, partner: Partner) -> None:
    path = f"/v1/grants/{partner.grants()['iot']['grant_id']}/credentials"
    assert vendor.post("provisioning", path, token=vendor.addresses["ops_token"]).status_code == 403
    credentials = vendor.post("provisioning", path, token=partner.session)
    assert credentials.status_code == 200
    assert credentials.headers["Cache-Control"] == "no-store"
    assert "PRIVATE KEY" in credentials.json()["private_key_pem"]
    again = vendor.post("provisioning", path, token=partner.session)
    assert again.status_code == 410
    assert "PRIVATE KEY" not in again.text
    assert not partner.grants()["iot"]["collectable"]


def walk_by_links(vendor: Vendor, partner: Partner) -> None:
    """Two clicks from the status page: all pages are there, and no link leads to a service's own port."""
    site = vendor.addresses["site"]
    seen, ahead = set[str](), {f"{site}/status"}
    with httpx.Client(cookies={COOKIE: partner.session}, timeout=60) as browser:
        for _ in range(3):
            seen |= ahead
            found = {urljoin(page, href) for page in sorted(ahead) for href in hrefs_of(browser, page)}
            own = {link.partition("#")[0] for link in found if link.startswith(f"{site}/")}
            assert not [link for link in found if "127.0.0.1" in link and not link.startswith(f"{site}/")]
            ahead = own - seen
    assert f"{site}/access/ways-in/{partner.grants()['cloud_sandbox']['grant_id']}" in seen
    assert {f"{site}/", f"{site}/people", f"{site}/learning"} <= seen


def hrefs_of(browser: httpx.Client, page: str) -> list[str]:
    answer = browser.get(page, headers={"Accept": "text/html"})
    assert answer.status_code == 200, page
    return re.findall(r'<a [^>]*?href="([^"]+)"', answer.text)


def suspend_and_resume(vendor: Vendor, partner: Partner) -> None:
    unit_in_use = unit_of(vendor, partner)
    assert vendor.operator.move(partner.id, "suspension", reason="A bill is open.")["state"] == "suspended"
    for service, of in (("onboarding", ""), ("provisioning", "/grants"), ("notifications", "/messages")):
        signed_out(vendor, partner, service, f"/v1/partners/{partner.id}{of}")
    partner.sign_in()
    await_grants(partner, "frozen")
    switched_off = "\n".join(vendor.there(partner))
    for email in partner.emails:
        assert f"{email} has no active CRM user" in switched_off
    assert "is INACTIVE" in switched_off
    assert unit_of(vendor, partner) != unit_in_use
    assert vendor.operator.move(partner.id, "resumption", reason="The bill is paid.")["state"] == "active"
    await_grants(partner, "granted")
    assert vendor.there(partner) == []
    assert unit_of(vendor, partner) == unit_in_use


def signed_out(vendor: Vendor, partner: Partner, service: str, path: str) -> None:
    """The session from before is over in this service, too."""
    wait_for(
        f"{service} takes the session no more",
        lambda: vendor.get(service, path, partner.session).status_code,
        lambda status: status == 401,
    )


def leave(vendor: Vendor, partner: Partner) -> None:
    assert partner.act("offboarding", reason="We go another way.") == "offboarding"
    partner.await_state("offboarded")
    assert {grant["state"] for grant in partner.grants().values()} == {"revoked"}
    assert vendor.left_over(partner) == []
    refused = vendor.post(
        "onboarding", f"/v1/partners/{partner.id}/offboarding", {"reason": "Again."}, partner.session
    )
    assert refused.status_code == 409
    assert {refused.json()["state"], refused.json()["target_state"]} == {"offboarded", "offboarding"}


def check_timeline(vendor: Vendor, partner: Partner) -> None:
    wait_for("a farewell by mail", lambda: kinds_of_mail(vendor, partner), lambda kinds: "goodbye" in kinds)
    wait_for("its line in the timeline", lambda: kinds_told(partner), lambda kinds: "goodbye" in kinds)
    entries = partner.timeline()
    codes = [entry["code"] for entry in entries]
    assert [code for code in codes if code.startswith("partner.")] == LIFE
    for product in PRODUCTS:
        told = [entry["code"] for entry in entries if entry["facts"].get("product") == product]
        assert told == OF_EACH_PRODUCT, product
    assert codes.count("access.planned") == codes.count("access.cleared") == 1
    assert codes.count("learning.invitation_accepted") == 1
    assert {entry["service"] for entry in entries} == {"onboarding", "provisioning", "notifications"}
    assert all(before["occurred_at"] <= after["occurred_at"] for before, after in pairwise(entries))
    assert all(entry["text"] for entry in entries)
    asked_for = codes.index("partner.agreement_accepted")
    assert asked_for < codes.index("access.planned") < codes.index("partner.provisioning_started")
    assert codes.index("access.cleared") < codes.index("partner.offboarded")


def unit_of(vendor: Vendor, partner: Partner) -> str:
    """The organizational unit of the sandbox: a suspended one denies everything."""
    (account_id,) = vendor.accounts_of(partner)
    parents = vendor.outside.aws("organizations").list_parents(ChildId=account_id)["Parents"]
    return str(parents[0]["Id"])


def await_grants(partner: Partner, state: str) -> None:
    wait_for(
        f"all grants become {state}",
        lambda: {grant["state"] for grant in partner.grants().values()},
        lambda found: found == {state},
    )


def kinds_of_mail(vendor: Vendor, partner: Partner) -> set[str]:
    return {m["kind"] for m in vendor.operator.messages(partner.id) if m["state"] == "sent"}


def kinds_told(partner: Partner) -> set[str]:
    return {entry["facts"]["kind"] for entry in partner.timeline() if entry["code"] == "message.sent"}
