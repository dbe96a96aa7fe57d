"""A day on which something of each kind waits for the ops team, and a partner that much happened to."""

from dataclasses import dataclass
from uuid import UUID

from tests.integration.operators.conftest import ConsoleBrowser, Services, ops_token
from tests.integration.operators.test_event_commands import CONTRACT, consume, granted, record
from tests.integration.operators.test_job_commands import failed
from tests.unit.provisioning.fake_outside import Mishap

from chassis.failures import NeverPossible
from console.bootstrap import ConsoleService

# What a stranger may call a company.
STRANGE = '<script>alert("x")</script> & Söhne "GmbH"'


@dataclass(frozen=True)
class BusyDay:
    """The ids of what is there."""

    review: str
    partner: str
    grant: str
    letter: str
    message: str


def company(name: str, number: str, domain: str) -> dict[str, object]:
    return {
        "company": {
            "legal_name": name,
            "registration_number": number,
            "country": "DE",
            "website": f"https://{domain}",
        },
        "contact": {"given_name": "Bo", "family_name": "Li", "email": f"bo@{domain}"},
        "members": [{"given_name": "Åse", "family_name": "Ünal", "email": f"ase@{domain}"}],
        "expected_benefits": "More customers.\nFewer trips.",
    }


def busy_day(services: Services) -> BusyDay:
    """Let it all happen; the services are expected to be empty."""
    onboarding, provisioning, notifications = (
        services.onboarding,
        services.provisioning,
        services.notifications,
    )
    partner, _ = onboarding.in_review(**company("Nordlicht Automation GmbH", "HRB 4711", "nordlicht.example"))
    token = ops_token("operator", name="olga")
    approval = {"tier": "select", "reason": "Known from the fair."}
    answer = onboarding.post(f"/v1/partners/{partner}/approval", approval, token)
    assert answer.status_code == 200, answer.json
    review, _ = onboarding.in_review(**company(STRANGE, "HRB 4711", "nordlicht.example"))
    onboarding.in_review(**company("Zweite AG", "HRB 2", "zweite.example"))
    refusal = Mishap(NeverPossible("refused", "The directory refused: quota of users reached."))
    provisioning.outside.will("apply", "crm_users", refusal)
    provisioning.plan("crm", "iot", partner_id=UUID(partner))
    provisioning.work_off()
    notifications.partner_id = partner
    notifications.transport.refusals.append(NeverPossible("mailbox_unknown", "Nobody lives there."))
    notifications.tell("partner.email_verification_requested")
    notifications.deliver()
    notifications.tell("partner.approved")
    notifications.tell("partner.activated", "nothing_due")
    stranger = "01a20482-6f60-7b5c-8a5e-1f2d3c4b5a69"
    consume(services, record(1, partner, b'{"nothing": "of use"'))
    consume(services, record(2, stranger, granted(stranger)))
    failed(services, "delete_results")
    with notifications.service.database.begin() as work:
        work.connection.exec_driver_sql(
            "INSERT INTO lane_holes (consumer_group, topic, subject, first_missing, last_missing)"
            " SELECT consumer_group, topic, subject, 4, 6 FROM lanes WHERE topic = %s LIMIT 1",
            (CONTRACT,),
        )
        [letter] = work.connection.exec_driver_sql("SELECT id FROM dead_letters").scalars()
        [message] = work.connection.exec_driver_sql(
            "SELECT id FROM messages WHERE state = 'failed'"
        ).scalars()
    grant = provisioning.grant(UUID(partner), "crm").grant_id
    return BusyDay(review, partner, str(grant), str(letter), str(message))


def as_somebody(service: ConsoleService, role: str, name: str = "rudi") -> ConsoleBrowser:
    return ConsoleBrowser(service, ops_token(role, name=name))
