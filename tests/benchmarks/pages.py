"""Pages and lists with many partners: the server's time for each, and for the slowest."""

import logging
from collections.abc import Iterator, Mapping
from time import perf_counter
from typing import Any
from uuid import UUID

import structlog
from tests.benchmarks import consumer_rate
from tests.benchmarks.figures import Comparison, Figure, Result, Side, target
from tests.benchmarks.many_partners import ManyPartners, Varied
from tests.benchmarks.options import Options
from tests.benchmarks.progress import say
from tests.benchmarks.servers import Servers
from tests.integration.onboarding.test_requests import active, asked
from tests.integration.operators.conftest import (
    ConsoleBrowser,
    Services,
    console_at,
    listening,
    ops_token,
    services_on,
)

from chassis.http.session_cookie import COOKIE

PARTNERS = 100_000
GOAL_MS = 200
LOOKS = 5
_ID = "md5({}::text || ordinal)::uuid"
_FAILS = "ordinal %% 1000 = 0"
# One partner with its grants, as often as is asked for; one grant in a thousand does not get on.
GRANTED: Varied = {
    "partners": {"partner_id": _ID},
    "grants": {
        "grant_id": _ID,
        "partner_id": _ID,
        "state": f"CASE WHEN {_FAILS} THEN 'failed' ELSE state END",
        "lease_ends_at": "lease_ends_at + ordinal %% 365 * interval '1 day'",
    },
    "grant_steps": {"grant_id": _ID, "is_stuck": f"is_stuck OR {_FAILS}"},
    "seats": {"grant_id": _ID, "member_id": _ID, "person_id": _ID},
}
TOLD: Varied = {
    "messages": {
        "id": _ID,
        "partner_id": _ID,
        "occasion": _ID,
        "state": "CASE WHEN ordinal %% 100 = 0 THEN 'failed' ELSE state END",
    }
}


def run(servers: Servers, options: Options) -> list[Result]:
    """Every list and page of the console, and the partner's own, one after another."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())
    with services_on(servers.postgres, {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}) as services:
        partner, session = _filled(servers, services)
        with listening(services) as urls:
            console = console_at(urls)
            operator = ConsoleBrowser(console, ops_token("operator"))
            found = {path: _times(operator.http, path) for path in _console_pages(partner)}
            console.dispose()
        visitor = services.onboarding.service.create_web_app().test_client()
        visitor.set_cookie(COOKIE, session)
        found |= {f"partner's {path}": _times(visitor, path) for path in ("/status", "/people", "/requests")}
    return [_slowest(found)]


def _filled(servers: Servers, services: Services) -> tuple[str, str]:
    """One partner of whom much is known, with its session, and as many as it beside it."""
    say(f"filling up to {PARTNERS:,} partners")
    onboarding, provisioning = services.onboarding, services.provisioning
    partner, session = active(onboarding)
    asked(onboarding, (partner, session), kind="product", product="crm", reason="For sales.")
    consumer_rate.create_effects(onboarding.service.database.url)
    ManyPartners(servers, onboarding.service.database.url).grow(PARTNERS)
    with onboarding.service.open_work() as work:
        work.figures.count(work.now())
    provisioning.plan("crm", "iot", "cloud_sandbox", partner_id=UUID(partner))
    provisioning.work_off()
    ManyPartners(servers, provisioning.service.database.url, GRANTED, ()).grow(PARTNERS)
    notifications = services.notifications
    notifications.partner_id = partner
    for name in ("partner.email_verification_requested", "partner.approved", "partner.activated"):
        notifications.tell(name)
    notifications.deliver()
    ManyPartners(servers, notifications.service.database.url, TOLD, ()).grow(PARTNERS)
    return partner, session


def _console_pages(partner: str) -> Iterator[str]:
    yield from ("/", "/partners", "/partners?state=active", "/partners?state=expired")
    # Words that all have, that one has, and that nobody has.
    yield from ("/partners?q=m%C3%BCller", "/partners?q=m%C3%BCller&state=active", "/partners?q=77777")
    yield from ("/partners?q=nobody", f"/partners/{partner}", f"/partners/{partner}/suspend")
    yield from ("/reviews", "/requests", "/requests?standing=done", "/proposals", "/numbers", "/audit")
    yield from ("/grants", "/grants?state=failed", "/grants?stuck=true", "/grants?ends_within=14")
    yield from ("/grants?to_approve=true", "/grants?frozen_for=budget", "/grants?cost_not_seen=true")
    yield from ("/accounts", "/accounts?stuck=true", "/findings", "/spend", "/mails", "/dry-run")
    # That of relays and consumers asks Kafka, which is not there.
    yield from ("/events/dead-letters", "/events/lanes", "/events/holes")


def _times(http: Any, path: str) -> Figure:
    """In milliseconds, after one look that is not counted."""
    values = []
    for number in range(LOOKS + 1):
        began = perf_counter()
        answer = http.get(path, headers={"Accept": "text/html"})
        took = (perf_counter() - began) * 1_000
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        if number:
            values.append(took)
    return Figure(f"{path} ms", tuple(values))


def _slowest(found: Mapping[str, Figure]) -> Comparison:
    ordered = sorted(found.values(), key=lambda figure: figure.median, reverse=True)
    return Comparison(
        what=f"slowest page with {PARTNERS:,} partners, ms",
        ours=Side(name=ordered[0].name, figure=ordered[0], details=ordered),
        beside=target("goal", GOAL_MS),
        goal=1.0,
        better="less",
    )
