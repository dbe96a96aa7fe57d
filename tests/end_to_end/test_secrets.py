"""After a run nobody finds a secret anywhere, nor a person where people have no place, in any encoding."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from psycopg import sql
from tests.end_to_end.encodings import Needles
from tests.end_to_end.event_log import EventLog, topics
from tests.end_to_end.partners import Partner, Vendor, new_application
from tests.end_to_end.questions import names_only_known_ids, question_of
from tests.end_to_end.stacks import LocalStack
from tests.end_to_end.waiting import wait_for

from chassis.identity.links import TOKEN_LENGTH
from contract_tools.reading import load_contracts
from contract_tools.redaction import redacted
from local_stack.port_plan import PROCESSES, SERVICES, PortPlan
from local_stack.settings import REPOSITORY

LEAST_TEXTS = 10
# Folders of the stack that hold what was sent to somebody, or what a server keeps.
DATABASES = {"aws", "kafka", "mail", "postgres", "scim"}
# Where people have to stand, since their mails are written and their access is made from there.
TABLES_OF_PEOPLE = {
    "onboarding.members",
    "onboarding.partners",  # the words that a search finds it by
    "onboarding.outbox",
    "provisioning.partners",
    "notifications.members",
}


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
    links = re.compile(rf"/(?:links|invitations|learning-mail)/([\w-]{{{TOKEN_LENGTH}}})\b")
    return {token for mail in mails for token in links.findall(mail["text"] or "")}


def logs(stack: LocalStack) -> Iterator[tuple[str, str]]:
    for path in sorted((Path(stack.environ["GANGWAY_HOME"]) / "logs").iterdir()):
        yield path.name, path.read_text(errors="replace")


def files(stack: LocalStack) -> Iterator[tuple[str, str]]:
    """Every file of the stack that is no database: neither ours nor one of the outside's."""
    home = Path(stack.environ["GANGWAY_HOME"])
    for path in sorted(home.rglob("*")):
        place = path.relative_to(home)
        if place.parts[0] not in DATABASES and path.is_file():
            yield str(place), path.read_text(errors="replace")


def processes() -> Iterator[tuple[str, str]]:
    """How this machine's processes are called, as everybody on it sees them."""
    for one in psutil.process_iter(["name", "cmdline"]):
        yield one.info["name"], " ".join(one.info["cmdline"] or ())


def metrics(stack: LocalStack) -> Iterator[tuple[str, str]]:
    """What each process of ours counts."""
    ports = PortPlan(int(stack.environ["PORT_BASE"]))
    for service in SERVICES:
        for process in PROCESSES:
            url = f"http://127.0.0.1:{ports.health(service, process)}/metrics"
            yield f"{service} {process}", httpx.get(url, timeout=30).raise_for_status().text


def answers_for_viewers(vendor: Vendor, partner: Partner) -> Iterator[tuple[str, str]]:
    """Everything that somebody may read who may only look, and what an operator reads without a reason."""
    grant = partner.grants()["iot"]["grant_id"]
    for service in SERVICES:
        document = httpx.get(f"{vendor.addresses[service]}/openapi.json", timeout=30).json()
        for path, operations in document["paths"].items():
            security = operations.get("get", {}).get("security", [])
            if not any("opsToken" in scheme for scheme in security) or not names_only_known_ids(path):
                continue
            filled = path.replace("{partner_id}", partner.id).replace("{grant_id}", grant)
            filled += question_of(path, partner.id)
            answer = vendor.get(service, filled, vendor.addresses["ops_token"])
            assert answer.status_code == 200, filled
            yield f"{service} {path}", answer.text


def records_without_personal_fields(event_log: EventLog) -> Iterator[tuple[str, str]]:
    """The topics' records as far as their contracts do not mark what they hold as personal."""
    events = load_contracts(REPOSITORY / "contracts").events
    for record in event_log.records(*topics()):
        name = (dict(record.headers).get("ce_type") or b"").decode().removeprefix("gangway.")
        # Other tests put in what is no event of ours: that is looked through as it is.
        rest: Any = (record.value or b"").decode(errors="replace")
        if record.value and name in events:
            rest = redacted(json.loads(record.value), events[name].schema)
        yield record.topic, f"{record.key!r} {record.headers!r} {json.dumps(rest, ensure_ascii=False)}"


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


def found_in(texts: dict[str, str], places: Iterator[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which text stands where, in whatever encoding; the text itself is not told."""
    needles = Needles(texts)
    count, found = 0, set()
    for place, text in places:
        count += 1
        found |= {(name, place) for name in needles.found_in(text)}
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


def test_no_secret_stands_in_a_metric_or_a_process_title(
    local_stack: LocalStack, secrets: dict[str, str]
) -> None:
    assert found_in(secrets, metrics(local_stack)) == set()
    assert found_in(secrets, processes()) == set()


def test_the_search_finds_what_is_there(vendor: Vendor, event_log: EventLog, partner: Partner) -> None:
    known = {"id": partner.id}
    assert ("id", "onboarding.partners") in found_in(known, rows(vendor))
    records = ((record.topic, repr(record.value)) for record in event_log.records(*topics()))
    assert ("id", "partner.lifecycle.v1") in found_in(known, records)


def person_of_many_encodings(application: dict[str, Any]) -> dict[str, Any]:
    """The application with people whose names and addresses differ in each encoding."""
    name = application["contact"]["email"].partition("@")[2].partition(".")[0]
    contact, [colleague] = application["contact"], application["members"]
    contact |= {
        "given_name": "Zoë-Jürgen",
        "family_name": f"O'Quårtz {name}",
        "email": f"z.o'quartz+{name}@{name}.example",
    }
    colleague |= {
        "given_name": "Łukasz-Ünal",
        "family_name": f"D'Été {name} & Søn",
        "email": f"l.d'ete+{name}@mühle-{name}.example",
    }
    return application


@pytest.fixture(scope="module")
def partner_of_many_encodings(vendor: Vendor) -> Partner:
    """An active partner whose people the CRM knew before, so that it is asked for them by address."""
    application = person_of_many_encodings(new_application("crm", "iot"))
    for email in (application["contact"]["email"], application["members"][0]["email"]):
        user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": email}
        headers = {"Authorization": f"Bearer {vendor.addresses['scim_token']}"}
        made = httpx.post(f"{vendor.addresses['scim']}/Users", json=user, headers=headers, timeout=30)
        assert made.status_code == 201, made.text
    answer = vendor.post("onboarding", "/v1/applications", application)
    assert answer.status_code == 202, answer.text
    one = Partner(vendor, application, answer.json()["partner_id"])
    one.become_active()
    wait_for("all is granted", one.grants, lambda found: {g["state"] for g in found.values()} == {"granted"})
    return one


@pytest.fixture(scope="module")
def personal(partner_of_many_encodings: Partner) -> dict[str, str]:
    """What tells about the people of that partner, by name."""
    application = partner_of_many_encodings.application
    return {
        f"{name} {number}": person[name]
        for number, person in enumerate([application["contact"], *application["members"]])
        for name in ("email", "given_name", "family_name")
    }


def test_nobody_stands_in_a_log_or_another_file(local_stack: LocalStack, personal: dict[str, str]) -> None:
    assert found_in(personal, logs(local_stack)) == set()
    assert found_in(personal, files(local_stack)) == set()


def test_people_stand_in_their_tables_only(vendor: Vendor, personal: dict[str, str]) -> None:
    found = found_in(personal, rows(vendor))
    assert {name for name, _ in found} == set(personal)
    assert {table for _, table in found} <= TABLES_OF_PEOPLE


def test_people_stand_in_events_only_where_the_contract_says_so(
    event_log: EventLog, personal: dict[str, str]
) -> None:
    everything = ((record.topic, repr(record.value)) for record in event_log.records(*topics()))
    assert found_in(personal, everything)
    assert found_in(personal, records_without_personal_fields(event_log)) == set()


def test_nobody_stands_in_a_metric_or_a_process_title(
    local_stack: LocalStack, personal: dict[str, str]
) -> None:
    assert found_in(personal, metrics(local_stack)) == set()
    assert found_in(personal, processes()) == set()


def test_nobody_is_shown_to_who_only_looks(
    vendor: Vendor, partner_of_many_encodings: Partner, personal: dict[str, str]
) -> None:
    shown = answers_for_viewers(vendor, partner_of_many_encodings)
    assert found_in(personal, shown) == set()
