"""Partners agree themselves: what an integrator may see follows what they agreed to, and nothing else."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from flask.testing import FlaskClient
from tests.integration.integrations.conftest import PARTNER_SESSION, SESSION, Vendor, World
from tests.integration.integrations.receivers import Receiver, wait_until
from tests.integration.integrations.test_forgetting import ERASED, clean_up, erase
from tests.integration.integrations.test_portal import added, browser
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.test_pages_for_everybody import check_page

from chassis.database.counted_acts import PerHour
from chassis.identity.session import SessionSigner
from chassis.identity.signing_keys import read_private_key
from integrations.domain.integrator_log import by_session
from integrations.handlers.commands import ContinueReplay, WithdrawConsent
from integrations.handlers.consents import withdraw_consent
from integrations.handlers.deliveries import continue_replay
from integrations.handlers.partner_events import when_partner_erased

APPLIED, JOINED, SENT = "partner.applied.v1", "partner.member_added.v1", "message.sent.v1"
PURPOSE = {"de": "Wir planen Ihre Schulungen.", "en": "We plan your trainings."}
ASKING = {"partners": {"rule": "consented"}, "purpose": PURPOSE}
SIGNER, PEOPLES = (SessionSigner(read_private_key(one[0])) for one in (PARTNER_SESSION, SESSION))


class Partner:
    """A partner's contact, by the API and in a browser."""

    def __init__(self, world: World) -> None:
        self.id = str(uuid4())
        self.session = SIGNER.sign(self.id)
        self.token = self.session.token
        self._client = world.client

    def call(self, method: str, path: str = "", expected: int = 200, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())}
        json = {"json": body} if method == "POST" else {}
        path = f"/v1/partners/{self.id}/consents{path}"
        answer = self._client.open(path, method=method, headers=headers, **json)
        assert answer.status_code == expected, answer.get_data(as_text=True)
        return answer.json

    def seen(self, vendor: Vendor) -> dict[str, Any]:
        every = self.call("GET")["integrators"]
        found: dict[str, Any] = next(one for one in every if one["integrator_id"] == vendor.id)
        return found

    def agree(self, vendor: Vendor, expected: int = 200) -> Any:
        shown = self.seen(vendor)["request"]["shown"]
        return self.call("POST", f"/{vendor.id}", expected, shown=shown)

    def withdraw(self, vendor: Vendor) -> Any:
        return self.call("POST", f"/{vendor.id}/withdrawal")

    def browser(self) -> FlaskClient:
        client = self._client.application.test_client()
        client.set_cookie("gangway_session", self.token)
        return client


@pytest.fixture
def partner(world: World) -> Partner:
    return Partner(world)


def asking(world: World, *types: str, **scope: Any) -> Vendor:
    return world.vendor(**{**ASKING, "types": list(types) or None, **scope})


def change(world: World, vendor: Vendor, expected: int = 200, **scope: Any) -> Any:
    return world.operate(f"/v1/integrators/{vendor.id}/scope", expected, **scope)


def types_sent(vendor: Vendor) -> list[str]:
    return sorted(one["type"] for one in vendor.deliveries())


def told(world: World, partner: Partner) -> list[tuple[str, Any]]:
    rows = world.rows("SELECT type, data FROM outbox WHERE subject = :id ORDER BY sequence", id=partner.id)
    return [(row["type"], json.loads(bytes(row["data"]))) for row in rows]


def test_events_flow_from_the_agreement_to_the_withdrawal(world: World, partner: Partner) -> None:
    vendor = asking(world, APPLIED, SENT)
    vendor.endpoint("https://hooks.example.com/x")
    world.tell(APPLIED, partner.id)
    assert partner.seen(vendor)["standing"] == "asked"
    agreed = partner.agree(vendor)
    assert (agreed["standing"], agreed["consents"][0]["types"]) == ("agreed", sorted([APPLIED, SENT]))
    assert agreed["consents"][0]["given_by"] == f"session {partner.session.id}"
    world.tell(SENT, partner.id)
    world.tell(SENT, str(uuid4()))
    assert types_sent(vendor) == [SENT]

    ended = partner.withdraw(vendor)
    assert (ended["standing"], ended["agreed_at"]) == ("withdrawn", None)
    world.tell(SENT, partner.id)
    assert types_sent(vendor) == [SENT]
    names = [name for name, _ in told(world, partner)]
    assert names == ["gangway.integrator.consent_given.v1", "gangway.integrator.consent_withdrawn.v1"]


def test_twice_agreed_or_withdrawn_is_once(world: World, partner: Partner) -> None:
    vendor = asking(world, APPLIED)
    first = partner.agree(vendor)
    assert partner.agree(vendor) == first
    assert partner.withdraw(vendor) == partner.withdraw(vendor)
    assert len(told(world, partner)) == 2


def test_more_than_was_agreed_to_waits_for_another_agreement(world: World, partner: Partner) -> None:
    vendor = asking(world, APPLIED)
    vendor.endpoint("https://hooks.example.com/x")
    partner.agree(vendor)
    change(world, vendor, types=[APPLIED, SENT])
    assert partner.seen(vendor)["standing"] == "asked_again"
    world.tell(APPLIED, partner.id)
    world.tell(SENT, partner.id)
    assert types_sent(vendor) == [APPLIED]

    partner.agree(vendor)
    world.tell(SENT, partner.id)
    assert types_sent(vendor) == [SENT, APPLIED]
    # What came before the second agreement was agreed to by the first.
    waiting = vendor.deliveries(f"type={APPLIED}")[0]
    assert vendor.call("GET", f"/v1/deliveries/{waiting['id']}")["event"] is not None

    change(world, vendor, types=[SENT])
    assert partner.seen(vendor)["standing"] == "agreed"
    assert len(partner.seen(vendor)["consents"]) == 2


def test_another_purpose_is_another_question(world: World, partner: Partner) -> None:
    vendor = asking(world, APPLIED)
    vendor.endpoint("https://hooks.example.com/x")
    partner.agree(vendor)
    assert change(world, vendor, purpose=PURPOSE)["purpose"]["version"] == 1
    assert partner.seen(vendor)["standing"] == "agreed"
    changed = change(world, vendor, purpose={**PURPOSE, "en": "We sell your data."})
    assert changed["purpose"]["version"] == 2
    assert partner.seen(vendor)["standing"] == "asked_again"
    world.tell(APPLIED, partner.id)
    assert types_sent(vendor) == []


def test_personal_fields_need_an_agreement_of_their_own(
    world: World, partner: Partner, receiving: Receiver
) -> None:
    vendor = asking(world, JOINED)
    vendor.endpoint(f"{receiving.url}/x")
    partner.agree(vendor)
    change(world, vendor, sees_personal=True)
    with world.sending():
        world.tell(JOINED, partner.id)
        (before,) = receiving.wait_for("/x", 1)
        partner.agree(vendor)
        world.tell(JOINED, partner.id)
        receiving.wait_for("/x", 2)
    after = receiving.at("/x")[1]
    assert "email" not in json.loads(before.body)["data"]["member"]
    assert "email" in json.loads(after.body)["data"]["member"]


def test_filters_of_those_who_ask_see_nothing_personal(world: World, partner: Partner) -> None:
    """They look before it is known who agreed to what."""
    vendor = asking(world, JOINED, sees_personal=True)
    vendor.endpoint("https://hooks.example.com/x", filter="has(data.member.email)")
    vendor.endpoint("https://hooks.example.com/y", filter="has(data.partner_id)")
    partner.agree(vendor)
    world.tell(JOINED, partner.id)
    assert len(vendor.deliveries()) == 1


def test_what_waits_is_withheld_at_once_and_the_log_shows_no_more(
    world: World, partner: Partner, receiving: Receiver
) -> None:
    vendor = asking(world, APPLIED, SENT)
    endpoint = vendor.endpoint(f"{receiving.url}/x")
    partner.agree(vendor)
    with world.sending():
        world.tell(APPLIED, partner.id)
        receiving.wait_for("/x", 1)
        wait_until(lambda: vendor.deliveries("state=delivered") != [])
        vendor.call("POST", f"/v1/endpoints/{endpoint['id']}/pause")
        world.tell(SENT, partner.id)
        partner.withdraw(vendor)
        # Agreed to again, what came before stays as it is.
        partner.agree(vendor)
        vendor.call("POST", f"/v1/endpoints/{endpoint['id']}/resume")
        wait_until(lambda: vendor.deliveries("state=withheld") != [])
    assert len(receiving.at("/x")) == 1
    for one in vendor.deliveries():
        assert vendor.call("GET", f"/v1/deliveries/{one['id']}")["event"] is None


def test_a_run_that_was_taken_already_stops_at_a_withdrawal(
    world: World, partner: Partner, receiving: Receiver
) -> None:
    """In order, twenty of a partner are taken at a time: one is on its way, the others are given back."""
    vendor = asking(world, SENT)
    vendor.endpoint(f"{receiving.url}/x", order="partner")
    partner.agree(vendor)

    def withdraw(*_: object) -> Any:
        with world.service.open_work() as work:
            by = by_session(partner.session.id)
            command = WithdrawConsent(partner_id=UUID(partner.id), integrator_id=UUID(vendor.id), by=by)
            withdraw_consent(work, command)
        return web.Response()

    receiving.answers["/x"] = withdraw
    world.tell(SENT, partner.id, count=20)
    with world.sending():
        wait_until(lambda: len(vendor.deliveries("state=withheld")) >= 10)
        wait_until(lambda: vendor.deliveries("state=waiting") == [])
    assert 1 <= len(receiving.at("/x")) < 20


def test_a_replay_brings_nothing_from_before(world: World, partner: Partner) -> None:
    vendor = asking(world, APPLIED, SENT)
    endpoint = vendor.endpoint("https://hooks.example.com/x")
    world.tell(APPLIED, partner.id)
    partner.agree(vendor)
    world.tell(SENT, partner.id)
    body = {"endpoint_id": endpoint["id"], "from": "2020-01-01T00:00:00Z"}
    started = vendor.call("POST", "/v1/replays", 202, **body)
    with world.service.open_work() as work:
        continue_replay(work, ContinueReplay(UUID(started["id"])))
    assert types_sent(vendor) == [SENT]


def test_an_erased_partner_gives_no_consent_and_those_it_gave_go(world: World, partner: Partner) -> None:
    """They stay while it may have to be told to whom it agreed that it was erased."""
    vendor = asking(world, APPLIED)
    partner.agree(vendor)
    answers = "SELECT 1 FROM idempotency_answers WHERE body::text LIKE '%' || :id || '%'"
    assert len(world.rows(answers, id=partner.id)) == 1
    erase(world, partner.id)
    assert world.rows(answers, id=partner.id) == []
    partner.call("GET", expected=401)
    for days, kept in ((29, 1), (60, 0)):
        at = datetime.now(UTC) - timedelta(days=days)
        world.change("UPDATE partners SET erased_at = :at WHERE id = :id", id=partner.id, at=at)
        clean_up(world)
        assert len(world.rows("SELECT 1 FROM consents WHERE partner_id = :id", id=partner.id)) == kept


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_whoever_was_agreed_to_hears_of_the_erasure(
    world: World, partner: Partner, is_withdrawn: bool
) -> None:
    """Also whose consent was withdrawn since, as it has copies; not whom the partner never agreed to."""
    vendor, stranger = asking(world, SENT), asking(world, SENT)
    for one in (vendor, stranger):
        one.endpoint("https://hooks.example.com/x")
    partner.agree(vendor)
    if is_withdrawn:
        partner.call("POST", f"/{vendor.id}/withdrawal")
    with world.service.open_work() as work:
        told = world.event(ERASED, partner.id)
        when_partner_erased(work, told, told.data)
    assert (types_sent(vendor), types_sent(stranger)) == ([ERASED], [])


def test_a_stale_form_is_refused_with_the_new_one_shown(world: World, partner: Partner) -> None:
    vendor = asking(world, APPLIED)
    shown = partner.seen(vendor)["request"]["shown"]
    change(world, vendor, types=[APPLIED, SENT])
    refused = partner.call("POST", f"/{vendor.id}", 409, shown=shown)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("consent_outdated", "/shown")
    page = partner.browser().post(f"/sharing/{vendor.id}", data={"shown": shown})
    assert page.status_code == 409
    assert partner.seen(vendor)["request"]["shown"] in page.text
    assert partner.seen(vendor)["consents"] == []


def test_a_partner_that_left_may_withdraw_and_not_agree(world: World, partner: Partner) -> None:
    vendor, other = asking(world, APPLIED), asking(world, APPLIED)
    partner.agree(vendor)
    world.tell("partner.state.v1", partner.id, state="offboarded")
    assert partner.agree(other, 409)["code"] == "consent_not_open"
    partner.token = SIGNER.renew(replace(partner.session, language="de")).token
    assert '<html lang="de"' in partner.browser().get("/sharing").text, "as the contact chose"
    page = partner.browser().get("/sharing?lang=en").text
    assert (f"/sharing/{vendor.id}/withdrawal" in page, f'action="/sharing/{other.id}"' in page) == (
        True,
        False,
    )
    assert partner.withdraw(vendor)["standing"] == "withdrawn"


def test_on_the_page_a_partner_agrees_and_withdraws(world: World, partner: Partner) -> None:
    vendor, client = asking(world, JOINED, sees_personal=True), partner.browser()
    shown = partner.seen(vendor)["request"]["shown"]
    page = client.get("/sharing?lang=en").text
    assert "We plan your trainings." in page
    assert "includes names and addresses of your team" in page
    assert client.post(f"/sharing/{vendor.id}", data={"shown": shown}).status_code == 303
    assert partner.seen(vendor)["standing"] == "agreed"
    assert client.post(f"/sharing/{vendor.id}/withdrawal").status_code == 303
    assert partner.seen(vendor)["standing"] == "withdrawn"
    assert client.post(f"/sharing/{uuid4()}", data={"shown": shown}).status_code == 404
    foreign = {"Origin": "https://evil.example"}
    assert client.post(f"/sharing/{vendor.id}", data={"shown": shown}, headers=foreign).status_code == 403


def test_the_page_promises_nothing_where_operators_chose_without_asking(
    world: World, partner: Partner
) -> None:
    """Whoever agreed, or withdrew, reads that it does not depend on that now."""
    vendor, client = asking(world, APPLIED), partner.browser()
    vendor.endpoint("https://hooks.example.com/x")
    partner.agree(vendor)
    change(world, vendor, partners={"rule": "all"})
    for standing in ("unasked", "withdrawn"):
        assert partner.seen(vendor)["standing"] == standing
        world.tell(APPLIED, partner.id)
        page = client.get("/sharing?lang=en").text
        (card,) = (part for part in page.split("<section")[1:] if vendor.id in part)
        assert "does not depend on it" in card
        assert "nothing is sent" not in card
        assert "receives nothing" not in card
        partner.withdraw(vendor)
    assert len(vendor.deliveries()) == 2
    change(world, vendor, partners={"rule": "consented"})
    assert "does not depend on it" not in client.get("/sharing?lang=en").text.split(vendor.id, 1)[1]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_reads_well_in_both_languages(world: World, partner: Partner, language: str) -> None:
    """Who asks, who asks for more, who was withdrawn from, and who is gone; then nobody."""
    page = FormBrowser(world.client.application)
    page._client.set_cookie("gangway_session", partner.token)
    page.open(f"/sharing?lang={language}")
    check_page(page, language)
    asks, more, ended, gone = (asking(world, APPLIED) for _ in range(4))
    for vendor in (more, ended, gone):
        partner.agree(vendor)
    change(world, more, types=[APPLIED, SENT])
    partner.withdraw(ended)
    world.operate(f"/v1/integrators/{gone.id}/removal", 200)
    page.open(f"/sharing?lang={language}")
    check_page(page, language)
    actions = sorted(form.action for form in page.page.forms if form.action.startswith("/sharing/"))
    forms = [*(f"/sharing/{one.id}" for one in (asks, more, ended)), f"/sharing/{more.id}/withdrawal"]
    assert actions == sorted(forms)


def test_the_two_kinds_of_sessions_are_never_taken_for_each_other(world: World, partner: Partner) -> None:
    vendor = asking(world, APPLIED)
    person = added(world, vendor.id)
    portal = browser(world)
    new_client = world.client.application.test_client
    # Somebody of the portal is nobody on the partners' page, by cookie and by token, under any name.
    cookie = portal.get_cookie("gangway_portal_session")
    assert cookie is not None
    for name in ("gangway_session", "gangway_portal_session"):
        client = new_client()
        client.set_cookie(name, cookie.value)
        answer = client.get("/sharing")
        assert (answer.status_code, answer.location) == (303, "https://join.gangway.example/new-link"), name
    bearer = {"Authorization": f"Bearer {cookie.value}"}
    assert new_client().get(f"/v1/partners/{person}/consents", headers=bearer).status_code == 401
    # A partner is nobody in the portal, and its cookie is not renewed as one of the portal.
    for name in ("gangway_session", "gangway_portal_session"):
        client = new_client()
        client.set_cookie(name, partner.token)
        assert client.get("/people").location == "/sign-in", name
        kept = client.get_cookie("gangway_portal_session")
        assert kept is None or kept.value == partner.token
    bearer = {"Authorization": f"Bearer {partner.token}"}
    assert new_client().get("/people", headers=bearer).status_code == 401
    assert new_client().get("/v1/endpoints", headers=bearer).status_code == 401
    # Both in one browser are both who they are.
    portal.set_cookie("gangway_session", partner.token)
    assert (portal.get("/sharing").status_code, portal.get("/people").status_code) == (200, 200)
    # Another partner's are not found; nobody's need a session.
    partner_elsewhere = f"/v1/partners/{uuid4()}/consents"
    assert new_client().get(partner_elsewhere, headers=bearer).status_code == 404
    assert new_client().get(partner_elsewhere).status_code == 401
    # A session that is about to end is not renewed here: that is onboarding's.
    assert "Set-Cookie" not in partner.browser().get("/sharing").headers


@pytest.mark.parametrize("end", ["by event", "by another contact"])
def test_a_session_that_ended_at_onboarding_counts_no_more(world: World, partner: Partner, end: str) -> None:
    ends: dict[str, Callable[[], object]] = {
        "by event": lambda: world.tell_sessions_ended(partner.id, [str(partner.session.id)]),
        "by another contact": lambda: world.tell("partner.contact_changed.v1", partner.id),
    }
    partner.call("GET")
    ends[end]()
    partner.call("GET", expected=401)
    assert partner.browser().get("/sharing").location == "https://join.gangway.example/new-link"


def test_wrong_scopes_are_refused_by_name(world: World) -> None:
    needs = world.operate("/v1/integrators", 422, name="A", partners={"rule": "consented"})
    assert [one["pointer"] for one in needs["errors"]] == ["/purpose"]
    plain = world.vendor()
    needs = change(world, plain, 422, partners={"rule": "consented"})
    assert (needs["code"], needs["errors"][0]["pointer"]) == ("purpose_missing", "/purpose")
    wrong = {"partners": {"rule": "consented", "values": ["x"]}, "purpose": {"de": "", "en": "y" * 501}}
    refused = change(world, plain, 422, **wrong)
    pointers = {one["pointer"] for one in refused["errors"]}
    assert pointers == {"/partners/values", "/purpose/de", "/purpose/en"}
    refused = plain.call(
        "POST", "/v1/endpoints", 422, url="https://hooks.example.com/x", partners={"rule": "consented"}
    )
    assert [one["pointer"] for one in refused["errors"]] == ["/partners/rule"]
    change(world, plain, partners={"rule": "consented"}, purpose=PURPOSE, uses_kafka=True)


def test_operators_see_what_was_agreed_also_after_the_integrator_is_gone(
    world: World, partner: Partner
) -> None:
    vendor = asking(world, APPLIED)
    partner.agree(vendor)
    partner.withdraw(vendor)
    partner.agree(vendor)
    bearer = {"Authorization": f"Bearer {world.ops_token}"}
    listed = world.client.get(f"/v1/integrators/{vendor.id}/consents?limit=1", headers=bearer).json
    assert listed is not None
    assert listed["consents"][0]["withdrawn_at"] is None
    more = f"/v1/integrators/{vendor.id}/consents?limit=1&cursor={listed['next_cursor']}"
    older = world.client.get(more, headers=bearer).json
    assert older is not None
    assert older["consents"][0]["withdrawn_at"] is not None
    world.operate(f"/v1/integrators/{vendor.id}/removal", 200)
    seen = world.client.get(f"/v1/partners/{partner.id}/consents", headers=bearer).json
    assert seen is not None
    assert [one["standing"] for one in seen["integrators"]] == ["withdrawn"]
    assert seen["integrators"][0]["consents"][0]["withdrawn_by"] == "operator ada"


def test_agreeing_again_and_again_is_limited_and_withdrawing_never(
    world: World, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = asking(world, APPLIED)
    monkeypatch.setattr("integrations.entrypoints.web.limiting.PerHour", lambda _: PerHour(1))
    partner.agree(vendor)
    partner.agree(vendor, 429)
    partner.withdraw(vendor)


def test_the_live_view_forgets_at_once(world: World, partner: Partner) -> None:
    vendor = asking(world, APPLIED)
    added(world, vendor.id)
    portal = browser(world)
    partner.agree(vendor)
    world.tell(APPLIED, partner.id)
    seen = portal.get("/live/events")
    assert partner.id in seen.text
    partner.withdraw(vendor)
    again = portal.get("/live/events", headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, partner.id in again.text) == (200, False)


def test_a_form_of_one_partner_agrees_for_no_other(world: World, partner: Partner) -> None:
    vendor = asking(world)
    shown = partner.seen(vendor)["request"]["shown"]
    form = {"shown": shown, "subject": str(uuid4())}
    for act in ("", "/withdrawal"):
        answer = partner.browser().post(f"/sharing/{vendor.id}{act}", data=form)
        assert answer.status_code == 303
        assert answer.location.endswith("/new-link?why=another")
    assert not partner.seen(vendor).get("agreed_at")
    form["subject"] = partner.id
    assert f'value="{partner.id}"' in partner.browser().get("/sharing").text
    assert partner.browser().post(f"/sharing/{vendor.id}", data=form).location == "/sharing"
