"""The facts of a small run in which everything went well, for tests that spoil them."""

from typing import Any

from fault_runner.facts import (
    Answer,
    Application,
    Effect,
    Facts,
    Grant,
    Invitation,
    LaneRow,
    LearningOffer,
    Mail,
    Message,
    OutboxRow,
    Person,
    Thing,
    TopicRecord,
)

LEARNING = "learning.progress.v1"
LIFE, ACCESS, STATE = "partner.lifecycle.v1", "access.lifecycle.v1", "partner.state.v1"
ADA = "01a20493-0000-7000-8000-00000000ada0"
BOB = "01a20493-0000-7000-8000-00000000b0b0"
ADAS_GRANT = "01a20493-0000-7000-8000-0000000000a1"
ASKED = "partner.member_confirmation_requested.v1"
BOBS_GRANT = "01a20493-0000-7000-8000-0000000000b1"
CONSUMED = {
    "onboarding": {ACCESS: frozenset({"access.planned.v1", "access.granted.v1", "access.revoked.v1"})},
    "provisioning": {LIFE: frozenset({"partner.approved.v1"})},
    "notifications": {LIFE: frozenset({"partner.approved.v1", "partner.activated.v1"})},
}
_ADAS_PROFILE = {
    "partner_type": "machine_builder",
    "tier": "select",
    "members": [{"member_id": "ada-1", "is_contact": True}],
}
_BOBS_PROFILE = {"partner_type": "reseller", "tier": "select", "members": []}
_Told = tuple[str, dict[str, Any]]
_STORIES: tuple[tuple[str, str, tuple[_Told, ...]], ...] = (
    (
        LIFE,
        ADA,
        (
            ("partner.approved.v1", _ADAS_PROFILE),
            *((ASKED, {"member": {"member_id": f"ada-{number}"}}) for number in (2, 3, 4)),
            ("partner.activated.v1", {}),
            ("partner.member_added.v1", {"member": {"member_id": "ada-2"}}),
            ("partner.member_declined.v1", {"member_id": "ada-3"}),
        ),
    ),
    (LIFE, BOB, (("partner.approved.v1", _BOBS_PROFILE), ("partner.offboarded.v1", {}))),
    (
        ACCESS,
        ADA,
        (
            ("access.planned.v1", {}),
            ("access.granted.v1", {"product": "iot"}),
            ("access.member_added.v1", {"member_id": "ada-2"}),
        ),
    ),
    (ACCESS, BOB, (("access.planned.v1", {}), ("access.revoked.v1", {}))),
    (
        LEARNING,
        ADA,
        (
            ("learning.invitation_sent.v1", {"invitation_id": "i1"}),
            ("learning.invitation_sent.v1", {"invitation_id": "i2"}),
            ("learning.invitation_sent.v1", {"invitation_id": "i3"}),
            ("learning.invitation_accepted.v1", {"invitation_id": "i3"}),
        ),
    ),
    (STATE, ADA, (("partner.state.v1", {"state": "active"}),)),
    (STATE, BOB, (("partner.state.v1", {"state": "active"}), ("partner.state.v1", {"state": "offboarded"}))),
)


def healthy_facts() -> Facts:
    """Ada is active with IoT; Bob was offboarded, and nothing of his is left."""
    facts = Facts(consumed={group: dict(topics) for group, topics in CONSUMED.items()})
    facts.applications = [Application(ADA, "HRB 1", "active"), Application(BOB, "HRB 2", "offboarded")]
    facts.partners = {ADA: "active", BOB: "offboarded"}
    facts.registrations = ["HRB 1", "HRB 2"]
    # A snapshot that the next one replaced before it was sent.
    facts.records = [record for record in facts.records if record[:1] + record[3:5] != (STATE, BOB, 1)]
    facts.people = [
        Person(ADA, "ada-1", "ada@one.example", True, True),
        Person(ADA, "ada-2", "yes@one.example", False, True),
        Person(ADA, "ada-4", "silent@one.example", False, False),
        Person(BOB, "bob-1", "bob@two.example", True, True),
    ]
    facts.answers = [Answer(ADA, "yes@one.example", True), Answer(ADA, "no@one.example", False)]
    for partition, (topic, subject, told) in enumerate(_STORIES):
        _tell(facts, partition, topic, subject, told)
    _write_mails(facts)
    _invite(facts)
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
        Thing("account", f"gangway-{BOBS_GRANT[-12:]}", BOBS_GRANT[-12:], False),
    ]
    return facts


def _tell(facts: Facts, partition: int, topic: str, subject: str, told: tuple[_Told, ...]) -> None:
    for sequence, (name, data) in enumerate(told, start=1):
        event_id = f"{topic}/{subject[-4:]}/{sequence}"
        owner = {ACCESS: "provisioning", LEARNING: "notifications"}.get(topic, "onboarding")
        facts.outbox.append(OutboxRow(owner, topic, subject, sequence, event_id, True))
        record = TopicRecord(topic, partition, sequence - 1, subject, sequence, event_id, name, data)
        facts.records.append(record)
        if topic in {LIFE, ACCESS}:
            facts.timeline.append((subject, event_id))
        for group, topics in CONSUMED.items():
            if name in topics.get(topic, ()):
                facts.effects.append(Effect(group, topic, subject, sequence, event_id))
    for group, topics in CONSUMED.items():
        if topic in topics:
            facts.lanes.append(LaneRow(group, topic, subject, len(told), 0, False))


def _write_mails(facts: Facts) -> None:
    wishes = {
        "partner.approved.v1": "welcome",
        ASKED: "confirm_membership",
        "partner.activated.v1": "access_ready",
        "access.member_added.v1": "access_ready",
        "partner.offboarded.v1": "goodbye",
    }
    for record in facts.records:
        kind = wishes.get(record.name)
        if kind is not None:
            message_id = f"mail-of-{record.event_id}"
            named = record.data.get("member", record.data).get("member_id")
            member_id = named or ("ada-1" if record.subject == ADA else "bob-1")
            row = (message_id, record.subject, member_id, kind, record.event_id, "sent", 0, 1)
            facts.messages.append(Message._make(row))
            facts.mails.append(Mail(f"<{message_id}@gangway.example>", "somebody@one.example"))


def _invite(facts: Facts) -> None:
    """All of Ada's on becoming active, her contact also by the grant; the contact has accepted the latter."""
    facts.offers = [
        LearningOffer("basics", None),
        LearningOffer("iot", "iot", frozenset({"machine_builder"}), is_for_contact_only=True),
        LearningOffer("iot-premier", "iot", tiers=frozenset({"premier"})),
        LearningOffer("crm", "crm"),
    ]
    for invitation_id, member_id, path, message_id, state in (
        ("i1", "ada-1", "basics", "mail-1", "sent"),
        ("i2", "ada-2", "basics", "mail-2", "sent"),
        ("i3", "ada-1", "iot", "mail-3", "accepted"),
    ):
        facts.invitations.append(Invitation(invitation_id, ADA, member_id, path, state, message_id))
        row = (message_id, ADA, member_id, "invitation", f"{ACCESS}/{ADA[-4:]}/2", "sent", 0, 1)
        facts.messages.append(Message._make(row))
        facts.mails.append(Mail(f"<{message_id}@gangway.example>", "ada@one.example"))
    facts.acceptances = [ADA]
