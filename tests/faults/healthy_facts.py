"""The facts of a small run in which everything went well, for tests that spoil them."""

from gangway.faults.facts import (
    Application,
    Effect,
    Facts,
    Grant,
    Invitation,
    LaneRow,
    Mail,
    Message,
    OutboxRow,
    Person,
    Thing,
    TopicRecord,
)

LIFE, ACCESS = "partner.lifecycle.v1", "access.lifecycle.v1"
ADA = "01a20493-0000-7000-8000-00000000ada0"
BOB = "01a20493-0000-7000-8000-00000000b0b0"
ADAS_GRANT = "01a20493-0000-7000-8000-0000000000a1"
BOBS_GRANT = "01a20493-0000-7000-8000-0000000000b1"
CONSUMED = {
    "onboarding": {ACCESS: frozenset({"access.planned.v1", "access.granted.v1", "access.revoked.v1"})},
    "provisioning": {LIFE: frozenset({"partner.approved.v1"})},
    "notifications": {LIFE: frozenset({"partner.approved.v1", "partner.activated.v1"})},
}
_STORIES = (
    (LIFE, ADA, ("partner.approved.v1", "partner.activated.v1")),
    (LIFE, BOB, ("partner.approved.v1", "partner.offboarded.v1")),
    (ACCESS, ADA, ("access.planned.v1", "access.granted.v1")),
    (ACCESS, BOB, ("access.planned.v1", "access.revoked.v1")),
)


def healthy_facts() -> Facts:
    """Ada is active with IoT; Bob was offboarded, and nothing of his is left."""
    facts = Facts(consumed={group: dict(topics) for group, topics in CONSUMED.items()})
    facts.applications = [Application(ADA, "HRB 1", "active"), Application(BOB, "HRB 2", "offboarded")]
    facts.partners = {ADA: "active", BOB: "offboarded"}
    facts.registrations = ["HRB 1", "HRB 2"]
    facts.people = [Person(ADA, "ada-1", "ada@one.example"), Person(BOB, "bob-1", "bob@two.example")]
    for partition, (topic, subject, names) in enumerate(_STORIES):
        _tell(facts, partition, topic, subject, names)
    _write_mails(facts)
    facts.grants = [
        Grant(ADAS_GRANT, ADA, "iot", "granted", False),
        Grant(BOBS_GRANT, BOB, "cloud_sandbox", "revoked", False),
    ]
    owner = ADA[-12:]
    facts.things = [
        Thing("thing_group", f"gangway-one-{owner}", owner, True),
        Thing("thing", f"gangway-one-{owner}-gateway-1", owner, True),
        Thing("policy", f"gangway-one-{owner}", owner, True),
        Thing("certificate", f"gangway-one-{owner}-gateway-1 12345678", owner, True),
        Thing("secret", f"gangway/iot/{ADAS_GRANT}", ADAS_GRANT[-12:], True),
        Thing("account", f"two-{BOB[-12:]}-{BOBS_GRANT[-12:]}", BOB[-12:], False),
    ]
    return facts


def _tell(facts: Facts, partition: int, topic: str, subject: str, names: tuple[str, ...]) -> None:
    for sequence, name in enumerate(names, start=1):
        event_id = f"{topic}/{subject[-4:]}/{sequence}"
        owner = "onboarding" if topic == LIFE else "provisioning"
        facts.outbox.append(OutboxRow(owner, topic, subject, sequence, event_id, True))
        record = TopicRecord(topic, partition, sequence - 1, subject, sequence, event_id, name, {})
        facts.records.append(record)
        facts.timeline.append((subject, event_id))
        for group, topics in CONSUMED.items():
            if name in topics.get(topic, ()):
                facts.effects.append(Effect(group, topic, subject, sequence, event_id))
    for group, topics in CONSUMED.items():
        if topic in topics:
            facts.lanes.append(LaneRow(group, topic, subject, len(names), 0, False))


def _write_mails(facts: Facts) -> None:
    wishes = {"partner.approved.v1": "welcome", "partner.activated.v1": "access_ready"}
    wishes["partner.offboarded.v1"] = "goodbye"
    for record in facts.records:
        kind = wishes.get(record.name)
        if kind is not None:
            message_id = f"mail-of-{record.event_id}"
            row = (message_id, record.subject, "1", kind, record.event_id, "sent", 0, 1)
            facts.messages.append(Message._make(row))
            facts.mails.append(Mail(f"<{message_id}@gangway.example>", "somebody@one.example"))
    facts.invitations = [Invitation("i1", ADA, "ada-1", "partner-basics", "sent")]
