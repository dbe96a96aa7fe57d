"""Vendors and teams that get events, from the command line."""

import re
from uuid import uuid4

from tests.integration.operators.busy_day import as_somebody
from tests.integration.operators.conftest import (
    SESSION,
    CommandLine,
    ConsoleBrowser,
    Services,
    ops_token,
)

from chassis.identity.session import SessionSigner
from chassis.identity.signing_keys import read_private_key
from console.bootstrap import ConsoleService

WHY = ("--reason", "The contract is signed.")


def test_an_integrator_is_let_in_and_shut_off(gangway: CommandLine, services: Services) -> None:
    assert gangway.says("integrators", "list") == "none\n"
    made = gangway.tells("integrators", "add", "Vendor", "--type", "partner.approved.v1", *WHY)
    assert (made["types"], made["sees_personal"]) == (["partner.approved.v1"], False)
    who = made["integrator_id"][:13]
    token = gangway.says("integrators", "issue-token", who, "--label", "shop", *WHY).strip()
    headers = {"Authorization": f"Bearer {token}"}
    api = services.integrations.client
    assert api.get("/v1/endpoints", headers=headers).status_code == 200
    listed = gangway.says("integrators", "tokens", who)
    assert "shop" in listed
    assert token not in listed

    assert "partner.approved.v1" in gangway.says("integrators", "list")
    gangway.says("integrators", "shut-off", who, *WHY)
    assert "shut off" in gangway.says("integrators", "list")
    assert gangway.says("integrators", "types", who, *WHY) == "Vendor gets: all.\n"
    [line] = gangway.tells("integrators", "tokens", who)
    gangway.says("integrators", "revoke-token", who, line["token_id"][:13], *WHY)
    assert api.get("/v1/endpoints", headers=headers).status_code == 401

    tiers = ("--tier", "premier", "--tier", "select")
    assert "tiers: premier, select" in gangway.says("integrators", "partners", who, *tiers, *WHY)
    both = gangway("integrators", "partners", who, *tiers, "--product", "iot", *WHY)
    assert (both.exit_code, "one of --tier" in both.stderr) == (2, True)
    for rule, wrong, known in (("tier", "gold", "premier"), ("product", "nope", "cloud_sandbox")):
        refused = gangway.fails("integrators", "partners", who, f"--{rule}", known, f"--{rule}", wrong, *WHY)
        assert f"/partners/values/1 Not one of the {rule}s: " in refused
        assert known in refused
    assert "tiers: premier, select" in gangway.says("integrators", "list"), "nothing was changed"
    assert "without their personal" in gangway.says("integrators", "personal", who, "--hide", *WHY)
    listed = gangway.says("integrators", "list")
    assert "tiers: premier, select" in listed
    assert "{" not in listed
    gangway.says("integrators", "kafka", who, "--allow", *WHY)
    assert "have to be verified" in gangway.says("integrators", "verification", who, "--require", *WHY)
    assert "may not have" in gangway.says("integrators", "kafka", who, "--refuse", *WHY)
    assert gangway.says("integrators", "remove", who, *WHY) == "Vendor is gone, with all that it had.\n"
    assert gangway.says("integrators", "list") == "none\n"

    log = gangway.tells("audit", "list", "--service", "integrations")
    changed = ["change scope"] * 2
    ended = ["remove integrator", *["change scope"] * 5, "revoke token"]
    assert [entry["action"] for entry in log] == [*ended, *changed, "issue token", "add integrator"]
    who = made["integrator_id"]
    assert [entry["target"] for entry in log] == [*[who] * 6, line["token_id"], *[who] * 4]
    assert {(entry["actor"], entry["reason"]) for entry in log} == {("amara", WHY[1])}


def test_a_vendor_gets_the_events_of_partners_who_agreed(gangway: CommandLine, services: Services) -> None:
    vendor, partners = services.integrations.vendor(), [str(uuid4()) for _ in range(2)]
    vendor.endpoint("http://127.0.0.1:1999/hook")
    named = ("--partner", partners[0].upper())
    told = gangway.says("integrators", "partners", vendor.id, *named, *WHY)
    assert f"named: {partners[0]}. Nothing is known so far of: {partners[0]}." in told
    for partner in partners:
        services.integrations.tell("partner.approved.v1", partner)
    shown = gangway.tells("integrators", "partners", vendor.id, *named, "--partner", partners[1], *WHY)
    assert shown["unknown_partners"] == []
    gangway.says("integrators", "partners", vendor.id, *named, *WHY)
    assert {one["partner_id"] for one in vendor.deliveries()} == {partners[0]}
    assert "partners: all" in gangway.says("integrators", "partners", vendor.id, *WHY)


def test_partners_are_asked_and_what_they_agreed_to_is_shown(
    gangway: CommandLine, services: Services, console: ConsoleBrowser
) -> None:
    world, vendor = services.integrations, services.integrations.vendor()
    half = gangway("integrators", "partners", vendor.id, "--consented", "--purpose-de", "Wozu.", *WHY)
    assert (half.exit_code, "--purpose-en" in half.stderr) == (2, True)
    assert "/purpose" in gangway.fails("integrators", "partners", vendor.id, "--consented", *WHY)
    purpose = ("--purpose-de", "Wir planen Schulungen.", "--purpose-en", "We plan trainings.")
    told = gangway.says("integrators", "partners", vendor.id, "--consented", *purpose, *WHY)
    assert "partners: consented" in told

    partner = services.onboarding.applied()
    token = SessionSigner(read_private_key(SESSION[0])).sign(partner).token
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    path = f"/v1/partners/{partner}/consents"
    [asked] = world.client.get(path, headers=headers).get_json()["integrators"]
    shown = {"shown": asked["request"]["shown"]}
    assert world.client.post(f"{path}/{vendor.id}", json=shown, headers=headers).status_code == 200
    [given] = gangway.tells("integrators", "consents", vendor.id)
    assert (given["partner_id"], given["withdrawn_at"]) == (partner, None)
    [seen] = gangway.tells("partners", "consents", partner)
    assert (seen["standing"], seen["integrator_id"]) == ("agreed", vendor.id)
    assert "agreed" in gangway.says("partners", "consents", partner)

    assert "We plan trainings." in console.shows(f"/integrators/{vendor.id}")
    assert f"/partners/{partner}" in console.shows(f"/integrators/{vendor.id}")
    assert "Partner consents" in console.shows(f"/partners/{partner}")
    place = f"/integrators/{vendor.id}/consent"
    console.shows(place)
    wording = {"purpose_de": "Wir verkaufen.", "purpose_en": "We sell.", "reason": WHY[1]}
    assert console.post(place, **{**wording, "purpose_en": ""}).status_code == 422
    assert console.post(place, **wording).status_code == 303
    assert gangway.tells("partners", "consents", partner)[0]["standing"] == "asked_again"


def test_rights_are_changed_in_the_console(
    gangway: CommandLine, services: Services, console: ConsoleBrowser
) -> None:
    vendor = services.integrations.vendor()
    place, rights = f"/integrators/{vendor.id}/rights", ("sees_personal", "uses_kafka", "verifies_endpoints")
    assert "Personal fields" in console.shows(place)
    chosen = {"sees_personal": "yes", "uses_kafka": "no", "verifies_endpoints": "yes"}
    assert console.post(place, reason=WHY[1], sees_personal="yes").status_code == 422
    assert console.post(place, reason=WHY[1], **chosen).status_code == 303
    [line] = gangway.tells("integrators", "list")
    assert [line[right] for right in rights] == [True, False, True]
    [entry] = gangway.tells("audit", "list", "--service", "integrations", "--action", "change scope")
    assert entry["reason"] == WHY[1]


def test_what_is_refused_is_one_sentence(gangway: CommandLine, services: Services) -> None:
    gangway.says("integrators", "add", "Vendor", *WHY)
    assert "has this name" in gangway.fails("integrators", "add", "Vendor", *WHY)
    assert "/types" in gangway.fails("integrators", "add", "Other", "--type", "nothing.v1", *WHY)
    assert gangway("integrators", "add", "Other").exit_code == 2, "no reason"
    viewer = {"GANGWAY_OPS_TOKEN": ops_token("viewer")}
    assert "lacks the role" in gangway.fails("integrators", "add", "Other", *WHY, **viewer)
    assert [line["name"] for line in gangway.tells("integrators", "list")] == ["Vendor"]


def test_people_are_let_in_and_removed(gangway: CommandLine, services: Services) -> None:
    who = gangway.tells("integrators", "add", "Vendor", *WHY)["integrator_id"][:13]
    person = ("Vera Lindqvist", "vera@maps.example", "--language", "de")
    assert "signs in" in gangway.says("integrators", "add-person", who, *person, *WHY)
    assert "has somebody" in gangway.fails("integrators", "add-person", who, *person, *WHY)
    assert "/email" in gangway.fails("integrators", "add-person", who, "Ada", "nobody", *WHY)
    [line] = gangway.tells("integrators", "people", who)
    assert (line["email"], line["language"], line["added_by"]) == (person[1], "de", "operator amara")
    viewer = {"GANGWAY_OPS_TOKEN": ops_token("viewer")}
    assert "lacks the role" in gangway.fails("integrators", "people", who, **viewer)
    gangway.says("integrators", "remove-person", who, line["person_id"][:13], *WHY)
    assert gangway.tells("integrators", "people", who) == []
    log = gangway.tells("audit", "list", "--service", "integrations")
    assert [entry["action"] for entry in log] == ["remove person", "add person", "add integrator"]
    assert {entry["reason"] for entry in log} == {WHY[1]}


def test_the_console_shows_silent_webhooks_and_acts_with_a_reason(
    gangway: CommandLine, services: Services, console: ConsoleBrowser, console_service: ConsoleService
) -> None:
    vendor = services.integrations.vendor()
    vendor.endpoint("http://127.0.0.1:1999/hook?token=s3cret")
    person = ("Vera Lindqvist", "vera@maps.example")
    gangway.says("integrators", "add-person", vendor.id, *person, *WHY)
    assert "All endpoints are accepting events." in console.shows("/integrators")
    services.integrations.change("UPDATE endpoints SET state = 'disabled', state_reason = 'gone'")
    assert "Silent webhooks" in console.shows("/")
    listed = console.shows("/integrators")
    assert "responded with 410" in listed
    assert "s3cret" not in listed

    page = console.shows(f"/integrators/{vendor.id}")
    assert "vera@maps.example" in page
    onlooker = as_somebody(console_service, "viewer").shows(f"/integrators/{vendor.id}")
    assert "vera@maps.example" not in onlooker
    assert "/shut-off" not in onlooker
    removal, revocation = (
        next(link for link in page.split('"') if link.endswith(f"/{act}")) for act in ("remove", "revoke")
    )
    for path in (removal, revocation, f"/integrators/{vendor.id}/shut-off"):
        assert "Reason" in console.shows(path)
        assert console.post(path).status_code == 422, "no reason"
        assert console.post(path, reason="The contract ended.").location == f"/integrators/{vendor.id}"
    assert "nothing: shut off" in console.shows("/integrators")
    assert "Nobody can sign in yet." in console.shows(f"/integrators/{vendor.id}")
    assert console.get("/integrators/01a20482-6f60-7b5c-8a5e-1f2d3c4b5a69").status_code == 404
    log = gangway.tells("audit", "list", "--service", "integrations")
    assert [one["action"] for one in log][:3] == ["change scope", "revoke token", "remove person"]
    assert {one["reason"] for one in log[:3]} == {"The contract ended."}


def test_the_console_lets_people_in_and_hands_out_tokens(
    gangway: CommandLine, services: Services, console: ConsoleBrowser, console_service: ConsoleService
) -> None:
    vendor = services.integrations.vendor()
    place = f"/integrators/{vendor.id}"
    console.shows(f"{place}/people/add")
    vera = {"name": "Vera Lindqvist", "email": "vera@maps.example", "language": "en", "reason": WHY[1]}
    refused = console.post(f"{place}/people/add", **{**vera, "email": ""})
    assert (refused.status_code, "Enter an email address" in refused.text) == (422, True)
    assert console.post(f"{place}/people/add", **vera).status_code == 303
    [person] = gangway.tells("integrators", "people", vendor.id)
    assert (person["email"], person["added_by"]) == (vera["email"], "operator amara")
    wanted = {"label": "shop", "reason": WHY[1], "key": str(uuid4())}
    pages = [console.post(f"{place}/tokens/issue", **wanted) for _ in range(2)]
    assert [page.status_code for page in pages] == [201, 201]
    first, second = (re.findall(r"gwi_[\w-]+", page.text)[0] for page in pages)
    api = services.integrations.client
    for token, status in ((first, 401), (second, 200)):
        told = api.get("/v1/endpoints", headers={"Authorization": f"Bearer {token}"})
        assert told.status_code == status
    assert second not in console.shows(place)
