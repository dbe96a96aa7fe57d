"""Parts of the console's pages that move: fetched while something does, and not a moment longer."""

import base64
import hashlib
import re
from html import unescape
from pathlib import Path
from uuid import UUID

from tests.integration.operators.conftest import ConsoleBrowser, Services

from console.entrypoints.web.moving import HTMX, INTEGRITY

HX = {"HX-Request": "true"}


def test_a_partners_grants_are_fetched_until_they_settle(console: ConsoleBrowser, services: Services) -> None:
    partner, _ = services.onboarding.in_review()
    services.provisioning.plan("crm", partner_id=UUID(partner))
    page = console.get(f"/partners/{partner}")
    assert f'integrity="{INTEGRITY}"' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    [part] = map(unescape, re.findall(r'hx-get="([^"]+)"', page.text))
    assert console.get(part, headers=HX).status_code == 204, "nothing new"
    services.provisioning.work_off()
    moved = console.get(part, headers=HX)
    assert moved.text.lstrip().startswith('<div id="grants-part">'), "settled: not fetched any more"
    assert "granted" in moved.text
    settled = console.shows(f"/partners/{partner}")
    assert "hx-get" not in settled
    assert "<script" not in settled


def test_a_sweep_tells_how_far_it_is(console: ConsoleBrowser, services: Services) -> None:
    assert "<script" not in console.shows("/findings")
    console.post("/findings/sweep", reason="After the outage.")
    page = console.shows("/findings")
    assert "<progress" in page
    [part] = map(unescape, re.findall(r'hx-get="([^"]+)"', page))
    assert console.get(part, headers=HX).status_code == 204
    with services.provisioning.service.open_work() as work:
        work.connection.exec_driver_sql("UPDATE sweeps SET ended_at = now()")
    assert "Last sweep" in console.get(part, headers=HX).text


def test_a_part_is_no_place_to_sign_in_at(console: ConsoleBrowser) -> None:
    for name in console.service.sessions.sealed({}):
        console.http.delete_cookie(name)
    answer = console.get("/findings/sweep-part", headers=HX)
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
    assert console.get("/findings/sweep-part").status_code == 303


def test_the_script_is_the_one_that_was_pinned(console: ConsoleBrowser) -> None:
    with console.get(f"/static/{HTMX}") as answer:
        served = answer.data
    assert "sha384-" + base64.b64encode(hashlib.sha384(served).digest()).decode() == INTEGRITY
    assert re.search(rb'version:"([0-9.]+)"', served)[1].decode() in Path(HTMX).name  # type: ignore[index]
