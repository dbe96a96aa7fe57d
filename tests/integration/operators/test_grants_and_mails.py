"""Grants, mails and invitations from the command line."""

from dataclasses import replace
from uuid import UUID, uuid4

from tests.integration.operators.conftest import CommandLine, Services
from tests.unit.provisioning.fake_outside import Mishap

from chassis.failures import NeverPossible
from chassis.identity.session import SessionSigner

BECAUSE = ("--reason", "It was mended.")


def failed_grant(services: Services) -> str:
    refusal = Mishap(NeverPossible("refused", "The CRM \x1b[31mrefused."))
    services.provisioning.outside.will("apply", "crm_users", refusal)
    partner_id = services.provisioning.plan("crm")
    services.provisioning.work_off()
    return str(services.provisioning.grant(partner_id, "crm").grant_id)


def test_a_failed_grant_is_seen_with_its_cause_and_tried_again(
    gangway: CommandLine, services: Services
) -> None:
    grant_id = failed_grant(services)
    services.provisioning.plan("analytics")
    [line] = gangway.tells("grants", "list", "--state", "failed")
    assert line["grant_id"] == grant_id
    page = gangway.says("grants", "show", grant_id)
    assert "crm_users: The CRM \\u001b[31mrefused (refused). It waits for you." in page
    assert "\x1b" not in page
    assert gangway.says("grants", "retry", grant_id, *BECAUSE).endswith("is provisioning now.\n")
    services.provisioning.work_off()
    assert gangway.tells("grants", "show", grant_id)["state"] == "granted"
    assert "is granted now" in gangway.says("grants", "repair", grant_id, *BECAUSE)
    assert "to be removed" in gangway.fails("grants", "force", grant_id, *BECAUSE)
    assert "cannot be skipped" in gangway.fails("grants", "skip", grant_id, "crm_users", *BECAUSE)
    assert gangway.tells("grants", "list", "--stuck") == []


def test_an_act_that_has_only_begun_says_what_is_to_come(gangway: CommandLine, services: Services) -> None:
    partner_id = services.provisioning.plan("crm")
    services.provisioning.work_off()
    grant_id = str(services.provisioning.grant(partner_id, "crm").grant_id)
    told = gangway.says("grants", "freeze", grant_id, *BECAUSE)
    assert told == f"crm of {partner_id} is to be switched off; so far it is granted.\n"
    assert "frozen it already" in gangway.fails("grants", "freeze", grant_id, *BECAUSE)
    services.provisioning.work_off()
    told = gangway.says("grants", "reinstate", grant_id, *BECAUSE)
    assert told == f"crm of {partner_id} is to be switched on; so far it is frozen.\n"
    services.provisioning.work_off()
    assert "is granted now." in gangway.says("grants", "retry", grant_id, *BECAUSE)
    with services.provisioning.service.open_work() as work:
        work.grants.save(replace(services.provisioning.grant(partner_id, "crm"), frozen_for={"budget"}))
    assert "What holds it off: budget." in gangway.fails("grants", "reinstate", grant_id, *BECAUSE)


def test_a_grant_is_waived_with_a_reason(gangway: CommandLine, services: Services) -> None:
    grant_id = failed_grant(services)
    waived = gangway.tells("grants", "waive", grant_id[:34], "--reason", "Later, by hand.")
    assert (waived["state"], waived["waiver_reason"]) == ("waived", "Later, by hand.")
    assert "waived: Later, by hand." in gangway.says("grants", "list")


def test_what_waits_for_approval_is_decided(gangway: CommandLine, services: Services) -> None:
    partners = [services.provisioning.plan("crm") for _ in range(2)]
    with services.provisioning.service.open_work() as work:
        work.connection.exec_driver_sql("UPDATE grants SET frozen_for = '{approval}', intent = 'frozen'")
    ids = [str(services.provisioning.grant(partner_id, "crm").grant_id) for partner_id in partners]
    assert [one["grant_id"] for one in gangway.tells("grants", "list", "--to-approve")] == ids
    assert gangway.tells("grants", "approve", ids[0], *BECAUSE)["frozen_for"] == []
    assert gangway.tells("grants", "refuse", ids[1], *BECAUSE)["state"] == "waived"
    assert gangway.tells("grants", "list", "--to-approve") == []
    assert "cannot become" in gangway.fails("grants", "refuse", ids[0], *BECAUSE)


def test_a_plan_is_previewed_changed_and_tried(gangway: CommandLine, services: Services) -> None:
    partner = ("--partner", str(services.provisioning.plan("crm")))
    preview = gangway.tells("plans", "preview", *partner)
    assert preview["differences"] == []
    assert "Nothing would change." in gangway.says("plans", "preview", *partner)
    with services.provisioning.service.open_work() as work:
        work.connection.exec_driver_sql("DELETE FROM grant_steps")
        work.connection.exec_driver_sql("DELETE FROM grants")
    assert "another one by now" in gangway.fails(
        "plans", "change", *partner, "--preview", preview["preview_id"], *BECAUSE
    )
    listed = gangway.tells("plans", "preview", *partner)
    assert [(one["kind"], one["product"]) for one in listed["differences"]] == [("added", "crm")]
    told = gangway.says("plans", "change", *partner, "--preview", listed["preview_id"], *BECAUSE)
    assert "carried out for" in told
    assert gangway.tells("plans", "preview", *partner)["differences"] == []
    profile = ("--tier", "select", "--type", "reseller", "--wants", "crm", "--competence", "iot")
    found = gangway.tells("plans", "try", *profile)
    assert [one["product"] for one in found["products"]] == ["crm"]


def test_a_key_can_be_collected_once_more(gangway: CommandLine, services: Services) -> None:
    partner_id = services.provisioning.plan("iot")
    services.provisioning.work_off()
    grant_id = str(services.provisioning.grant(partner_id, "iot").grant_id)
    assert gangway.fails("grants", "release-credentials", grant_id, *BECAUSE)
    assert collected(services, partner_id, grant_id) == 200
    assert collected(services, partner_id, grant_id) == 410
    assert "A new key is being made." in gangway.says("grants", "release-credentials", grant_id, *BECAUSE)
    services.provisioning.work_off()
    assert collected(services, partner_id, grant_id) == 200


def test_devices_are_listed_added_and_ended(gangway: CommandLine, services: Services) -> None:
    partner_id = services.provisioning.plan("iot")
    services.provisioning.work_off()
    grant = services.provisioning.grant(partner_id, "iot")
    grant_id = str(grant.grant_id)
    assert "there are as many" in gangway.fails("devices", "add", grant_id, "--name", "Press 7", *BECAUSE)
    with services.provisioning.service.open_work() as work:
        work.grants.save(replace(grant, parameters={**grant.parameters, "device_quota": 2}))
    assert "is being made" in gangway.says("devices", "add", grant_id, "--name", "Press 7", *BECAUSE)
    services.provisioning.work_off()
    [device] = gangway.tells("devices", "list", grant_id)
    assert (device["name"], device["state"], device["collectable"]) == ("Press 7", "ready", True)
    shown = gangway.says("devices", "list", grant_id)
    assert "Press 7" in shown
    device_id = device["device_id"]
    assert "none was collected" in gangway.fails("devices", "revoke-key", grant_id, device_id, *BECAUSE)
    assert collected(services, partner_id, grant_id, UUID(device_id)) == 200
    for verb in ("rotate-key", "revoke-key", "remove"):
        assert device_id in gangway.says("devices", verb, grant_id, device_id[:13], *BECAUSE)
        services.provisioning.work_off()
    assert gangway.tells("devices", "list", grant_id) == []


def collected(services: Services, partner_id: UUID, grant_id: str, device_id: UUID | None = None) -> int:
    session = SessionSigner(services.provisioning.session_key).sign(str(partner_id)).token
    client = services.provisioning.service.create_web_app().test_client()
    device = f"/devices/{device_id}" if device_id else ""
    path = f"/v1/grants/{grant_id}{device}/credentials"
    return client.post(path, headers={"Authorization": f"Bearer {session}"}).status_code


def test_unknown_ids_are_refused(gangway: CommandLine, services: Services) -> None:
    failed_grant(services)
    assert gangway.fails("grants", "show", str(uuid4())) == "Error: provisioning: There is no such grant."
    assert "Nothing matches 'ffffffff'" in gangway.fails("grants", "show", "ffffffff")
    assert "no beginning of one" in gangway.fails("grants", "show", "../v1")
    assert "no such partner" in gangway.fails("messages", "list", str(uuid4()))


def test_a_failed_mail_is_seen_and_tried_again(gangway: CommandLine, services: Services) -> None:
    world = services.notifications
    world.transport.refusals.append(NeverPossible("mailbox_unknown", "Nobody lives there."))
    world.tell("partner.email_verification_requested")
    world.deliver()
    [message] = gangway.tells("messages", "list", world.partner_id)
    assert (message["state"], message["cause"]) == ("failed", "Nobody lives there.")
    assert "Nobody lives there." in gangway.says("messages", "list", world.partner_id)
    assert message["message_id"] in gangway.says("messages", "failed")
    assert "is planned now" in gangway.says("messages", "retry", message["message_id"][:20], *BECAUSE)
    world.deliver()
    [message] = gangway.tells("messages", "list", world.partner_id)
    assert message["state"] == "sent"
    assert "Only a failed message" in gangway.fails("messages", "retry", message["message_id"], *BECAUSE)


def test_a_mail_that_is_tried_in_vain_is_seen_before_it_fails(
    gangway: CommandLine, services: Services
) -> None:
    world = services.notifications
    world.tell("partner.email_verification_requested")
    assert gangway.says("messages", "failed", "--still-tried") == "No mail has failed.\n"
    with world.service.open_work() as work:
        work.connection.exec_driver_sql(
            "UPDATE messages SET attempts = 5, cause = 'Nobody listens there.' WHERE partner_id = %s",
            (world.partner_id,),
        )
    [late] = gangway.tells("messages", "failed", "--still-tried")
    assert (late["partner_id"], late["state"], late["cause"]) == (
        world.partner_id,
        "planned",
        "Nobody listens there.",
    )
    assert gangway.tells("messages", "failed") == []


def test_invitations_are_listed(gangway: CommandLine, services: Services) -> None:
    world = services.notifications
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.tell("partner.activated", "nothing_due")
    found = gangway.tells("invitations", "list", world.partner_id)
    assert found
    assert found[0]["path"] in gangway.says("invitations", "list", world.partner_id)
