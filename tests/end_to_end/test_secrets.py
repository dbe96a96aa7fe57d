"""After a run nobody finds a secret in a log, a topic or a table, nor a person in a log."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from tests.end_to_end.event_log import EventLog, topics
from tests.end_to_end.partners import Partner, Vendor
from tests.end_to_end.stacks import LocalStack

from gangway.stack.port_plan import SERVICES

LEAST_TEXTS = 10


@pytest.fixture(scope="module")
def partner(vendor: Vendor) -> Partner:
    """A partner that made a session, used links, and collected a key."""
    partner = vendor.new_partner("crm", "iot")
    partner.become_active()
    return partner


@pytest.fixture(scope="module")
def secrets(local_stack: LocalStack, vendor: Vendor, partner: Partner) -> dict[str, str]:
    """What must not be found, by name: of each token its signature, of each key a line of its middle."""
    grant = partner.grants()["iot"]
    answer = vendor.post("provisioning", f"/v1/grants/{grant['grant_id']}/credentials", token=partner.session)
    partner.link("notifications", "invitations")
    found = {
        "session": signature(partner.session),
        "ops token": signature(vendor.addresses["ops_token"]),
        "SCIM token": vendor.addresses["scim_token"],
        "key of a device": middle_line(answer.json()["private_key_pem"]),
    }
    for name in ("session_private", "link_private", "ops_private"):
        found[name] = middle_line(local_stack.secrets[name])
    tokens = all_links_of_mails(vendor)
    assert len(tokens) >= 3
    return found | {f"link {number}": signature(token) for number, token in enumerate(sorted(tokens))}


def signature(token: str) -> str:
    part = token.rpartition(".")[2]
    assert len(part) > 40, "not a signed token"
    return part


def middle_line(pem: str) -> str:
    lines = pem.strip().splitlines()
    assert "PRIVATE KEY" in lines[0]
    return lines[len(lines) // 2]


def all_links_of_mails(vendor: Vendor) -> set[str]:
    """The tokens of all mails in the mailbox, whoever's test caused them."""
    with httpx.Client(base_url=vendor.addresses["mailbox"], timeout=30) as mailbox:
        mails = [mailbox.get(f"/messages/{mail['id']}").json() for mail in mailbox.get("/messages").json()]
    return {token for mail in mails for token in re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", mail["text"] or "")}


def logs(stack: LocalStack) -> Iterator[tuple[str, str]]:
    for path in sorted((Path(stack.environ["GANGWAY_HOME"]) / "logs").iterdir()):
        yield path.name, path.read_text(errors="replace")


def rows(vendor: Vendor) -> Iterator[tuple[str, str]]:
    """Every row of every table as text; bytes as hexadecimal digits and, where they are text, as such."""
    for service in SERVICES:
        with psycopg.connect(vendor.addresses[f"{service}_database"]) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            for schema, table in tables:
                place = sql.Identifier(schema, table)
                found = connection.execute(sql.SQL("SELECT row.* FROM {} AS row").format(place))
                for row in found:
                    yield f"{service}.{table}", " ".join(_text(value) for value in row)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def found_in(secrets: dict[str, str], texts: Iterator[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which secret stands where; the secret itself is not told."""
    pattern = re.compile("|".join(map(re.escape, secrets.values())))
    names = {secret: name for name, secret in secrets.items()}
    count, found = 0, set()
    for place, text in texts:
        count += 1
        found |= {(names[match], place) for match in pattern.findall(text)}
    assert count > LEAST_TEXTS, "nothing was searched"
    return found


def test_no_secret_stands_in_a_log(local_stack: LocalStack, secrets: dict[str, str]) -> None:
    assert found_in(secrets, logs(local_stack)) == set()


def test_no_secret_stands_in_a_table(vendor: Vendor, secrets: dict[str, str]) -> None:
    assert found_in(secrets, rows(vendor)) == set()


def test_no_secret_stands_in_a_topic(event_log: EventLog, secrets: dict[str, str]) -> None:
    records = (
        (record.topic, f"{record.value!r} {record.headers!r}") for record in event_log.records(*topics())
    )
    assert found_in(secrets, records) == set()


def test_the_search_finds_what_is_there(vendor: Vendor, event_log: EventLog, partner: Partner) -> None:
    known = {"id": partner.id}
    assert ("id", "onboarding.partners") in found_in(known, rows(vendor))
    records = ((record.topic, repr(record.value)) for record in event_log.records(*topics()))
    assert ("id", "partner.lifecycle.v1") in found_in(known, records)


def test_nobody_s_address_or_name_stands_in_a_log(
    local_stack: LocalStack, vendor: Vendor, partner: Partner
) -> None:
    people = [partner.application["contact"], *partner.application["members"]]
    personal = {f"address {number}": person["email"] for number, person in enumerate(people)}
    personal |= {f"name {number}": person["family_name"] for number, person in enumerate(people)}
    assert found_in(personal, rows(vendor))
    assert found_in(personal, logs(local_stack)) == set()
