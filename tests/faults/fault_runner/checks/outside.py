"""What stands outside is what the grants say: one of each per intent, nothing of those who left."""

from collections import Counter
from collections.abc import Iterator

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts, Grant, Thing

# Per grant; the kinds of PER_PERSON once for each of the partner's people.
MADE_OF = {
    "cloud_sandbox": ("account", "budget", "sign_in"),
    "analytics": ("workgroup", "database", "seat_group", "seat"),
    "iot": ("thing_group", "thing", "policy", "certificate", "secret"),
    "crm": ("crm_user",),
}
PER_PERSON = frozenset({"seat", "crm_user"})
USABLE = frozenset({"granted"})
THERE = USABLE | {"frozen"}
GONE = frozenset({"revoked", "cancelled", "waived"})


def check_outside(facts: Facts) -> Iterator[Difference]:
    """Compare provisioning's grants with everything that AWS and the CRM list."""
    expected = _expected(facts)
    found = _found(facts)
    for key, (least, most) in expected.items():
        kind, owner = key
        number = found[key]
        if number < least:
            yield Difference(Kind.LOST, f"{kind} of {owner}: {number}, expected {least}")
        if number > most:
            yield Difference(Kind.DOUBLED, f"{kind} of {owner}: {number}, expected {most}")
    for thing in facts.things:
        if _is_there(thing) and (thing.kind, _owner(thing)) not in expected:
            yield Difference(Kind.ORPHAN, f"{thing.kind} {thing.name} belongs to no grant that has it")
    yield from _check_grants(facts)


def _expected(facts: Facts) -> dict[tuple[str, str], tuple[int, int]]:
    """How many of each kind each owner must have, and may have at most."""
    emails: dict[str, list[str]] = {}
    for person in filter(lambda person: person.is_confirmed, facts.people):
        emails.setdefault(person.partner_id, []).append(person.email)
    expected: dict[tuple[str, str], tuple[int, int]] = {}
    for grant in facts.grants:
        if grant.state in GONE:
            continue
        least = 1 if grant.state in THERE else 0
        people = emails.get(grant.partner_id, [])
        for kind in MADE_OF[grant.product]:
            if kind == "crm_user":
                expected |= {(kind, email): (least, 1) for email in people}
            elif kind == "account":
                expected[kind, grant.grant_id[-12:]] = (least, 1)
            elif kind == "secret":
                expected[kind, grant.grant_id[-12:]] = (0 if grant.is_collected else least, 1)
            else:
                number = len(people) if kind in PER_PERSON else 1
                expected[kind, grant.partner_id[-12:]] = (least * number, number)
    return expected


def _found(facts: Facts) -> Counter[tuple[str, str]]:
    return Counter((thing.kind, _owner(thing)) for thing in facts.things if _is_there(thing))


def _owner(thing: Thing) -> str:
    return thing.name if thing.owner is None else thing.owner


def _is_there(thing: Thing) -> bool:
    """AWS shows closed accounts for 90 days."""
    return thing.is_active or thing.kind != "account"


def _check_grants(facts: Facts) -> Iterator[Difference]:
    once = Counter((grant.partner_id, grant.product) for grant in facts.grants)
    for (partner_id, product), times in once.items():
        if times > 1:
            yield Difference(Kind.DOUBLED, f"{product} of {partner_id} is granted {times} times")
    plans = Counter(
        record.subject
        for record in {record.event_id: record for record in facts.records}.values()
        if record.name == "access.planned.v1"
    )
    for partner_id, times in plans.items():
        if times > 1:
            yield Difference(Kind.DOUBLED, f"the access of {partner_id} was planned {times} times")
    for grant in facts.grants:
        yield from _check_state(grant, facts.partners.get(grant.partner_id))


def _check_state(grant: Grant, partner_state: str | None) -> Iterator[Difference]:
    name = f"{grant.product} of {grant.partner_id}"
    if partner_state == "offboarded" and grant.state not in GONE:
        yield Difference(Kind.ORPHAN, f"{name} is {grant.state}, its partner is offboarded")
    if partner_state in {"provisioning", "active"} and grant.state not in USABLE:
        words = f"{name} is {grant.state} because of {grant.cause}, its partner is {partner_state}"
        yield Difference(Kind.UNSETTLED, words)
