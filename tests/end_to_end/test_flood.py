"""A stranger applies again and again in the name of one mailbox: its owner gets one mail."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from tests.benchmarks.wide_limits import write_wide_limits
from tests.end_to_end.partners import Vendor, new_application
from tests.end_to_end.stacks import LocalStack
from tests.end_to_end.waiting import wait_for

from local_stack.machine.ports import find_free_port

APPLICATIONS = 40


@pytest.fixture
def strict_web(local_stack: LocalStack, tmp_path: Path) -> Iterator[str]:
    """Another web process of the stack's onboarding, with the gaps between mails that are shipped."""
    url = f"http://127.0.0.1:{find_free_port()}"
    keys, addresses = local_stack.secrets, local_stack.addresses
    settings = {
        "DATABASE_URL": addresses["onboarding_database"],
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",  # a web process has no use for it
        "PUBLIC_URL": addresses["onboarding"],
        "PROVISIONING_PUBLIC_URL": addresses["provisioning"],
        "BIND": url.removeprefix("http://"),
        "SESSION_PRIVATE_KEY": keys["session_private"],
        "SESSION_PUBLIC_KEY": keys["session_public"],
        "LINK_PUBLIC_KEY": keys["link_public"],
        "OPS_TOKEN_PUBLIC_KEY": keys["ops_public"],
        "LIMITS_FILE": str(write_wide_limits(tmp_path)),
    }
    with (tmp_path / "log").open("wb") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "onboarding", "web"], env=os.environ | settings, stdout=log, stderr=log
        )
    try:
        wait_for("the web process", lambda: answers(url))
        yield url
    finally:
        web.terminate()
        web.wait(timeout=30)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_forty_applications_for_one_mailbox_are_one_mail(vendor: Vendor, strict_web: str) -> None:
    name = uuid4().hex[:12]
    emails = [f"victim+{number}@{name}.example" for number in range(APPLICATIONS)]

    def apply(email: str) -> httpx.Response:
        application = new_application("crm")
        application["contact"]["email"] = email
        headers = {"Idempotency-Key": str(uuid4())}
        return httpx.post(f"{strict_web}/v1/applications", json=application, headers=headers, timeout=60)

    with ThreadPoolExecutor(8) as threads:
        taken = [answer.json()["partner_id"] for answer in threads.map(apply, emails)]

    assert len(set(taken)) == APPLICATIONS
    wait_for("everything is told", lambda: untold(vendor, taken), lambda count: count == 0)
    wait_for("the one mail", lambda: mails_to(vendor, emails))
    asked, waiting = facts(vendor, taken)
    assert (asked, waiting) == (1, APPLICATIONS - 1)
    assert mails_to(vendor, emails) == 1


def mails_to(vendor: Vendor, emails: list[str]) -> int:
    return sum(vendor.mailbox.count_to(email) for email in emails)


def untold(vendor: Vendor, partner_ids: list[str]) -> int:
    """How many events about them have not reached Kafka."""
    query = "SELECT count(*) FROM outbox WHERE subject = ANY(%s) AND published_at IS NULL"
    return count(vendor, query, partner_ids)


def facts(vendor: Vendor, partner_ids: list[str]) -> tuple[int, int]:
    """For how many of them a mail was asked for, and for how many it waits."""
    asked = "SELECT count(*) FROM links WHERE partner_id = ANY(%s::uuid[])"
    waiting = "SELECT count(*) FROM waiting_mails WHERE partner_id = ANY(%s::uuid[])"
    return count(vendor, asked, partner_ids), count(vendor, waiting, partner_ids)


def count(vendor: Vendor, query: str, partner_ids: list[str]) -> int:
    with psycopg.connect(vendor.addresses["onboarding_database"]) as connection:
        row = connection.execute(query, (partner_ids,)).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return int(row[0])
