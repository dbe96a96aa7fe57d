"""Who sees and does what by the API, and the page on which a key is collected."""

import base64
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests.integration.provisioning.conftest import ProvisioningOnPostgres
from tests.unit.provisioning.fake_outside import Mishap
from werkzeug.test import TestResponse

from chassis.failures import NeverPossible, NotNow
from chassis.http.languages import SWITCH_FIELD
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.session import COOKIE, SessionSigner
from provisioning.entrypoints.web.pages import collecting

Headers = Mapping[str, str]
BECAUSE = {"reason": "It was mended."}


class Callers:
    """The app, and the headers of those who call it."""

    def __init__(self, provisioning: ProvisioningOnPostgres) -> None:
        self._keys = provisioning
        self.app = provisioning.service.create_web_app()

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def operator(self, *roles: str) -> dict[str, str]:
        token = sign_ops_token(self._keys.ops_key, "amara", roles or ("operator",), timedelta(hours=1))
        return {"Authorization": f"Bearer {token}"}

    def partner(self, partner_id: UUID) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.session(partner_id)}"}

    def session(self, partner_id: UUID) -> str:
        return SessionSigner(self._keys.session_key).sign(str(partner_id)).token

    def get(self, path: str, headers: Headers) -> TestResponse:
        return self.client().get(path, headers=headers)

    def post(self, path: str, headers: Headers, body: object = None, key: str | None = None) -> TestResponse:
        with_key = {**headers, "Idempotency-Key": key or str(uuid4())}
        return self.client().post(path, headers=with_key, json={} if body is None else body)


@pytest.fixture
def callers(provisioning: ProvisioningOnPostgres) -> Callers:
    return Callers(provisioning)


def failed_grant(provisioning: ProvisioningOnPostgres) -> tuple[UUID, UUID]:
    provisioning.outside.will("apply", "crm_users", Mishap(NeverPossible("refused", "The CRM refused.")))
    partner_id = provisioning.plan("crm")
    provisioning.work_off()
    return partner_id, provisioning.grant(partner_id, "crm").grant_id


def device_grant(provisioning: ProvisioningOnPostgres) -> tuple[UUID, UUID]:
    partner_id = provisioning.plan("iot")
    provisioning.work_off()
    return partner_id, provisioning.grant(partner_id, "iot").grant_id


def test_operators_see_steps_and_causes(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    partner_id, grant_id = failed_grant(provisioning)
    [grant] = callers.get(f"/v1/partners/{partner_id}/grants", callers.operator("viewer")).get_json()[
        "grants"
    ]
    assert grant["grant_id"] == str(grant_id)
    assert grant["state"] == "failed"
    # It may have been looked at already since it was refused.
    assert [step["standing"] for step in grant["steps"]] in (["on", "unknown"], ["on", "absent"])
    assert grant["steps"][1] | {"is_stuck": True, "code": "refused", "attempts": 1} == grant["steps"][1]
    assert callers.get(f"/v1/grants/{grant_id}", callers.operator()).get_json() == {**grant, "results": None}


def test_partners_see_their_cause_without_our_insides(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id, grant_id = failed_grant(provisioning)
    [grant] = callers.get(f"/v1/partners/{partner_id}/grants", callers.partner(partner_id)).get_json()[
        "grants"
    ]
    assert grant["cause"] == {
        "step": "crm_users",
        "code": "refused",
        "message": "The CRM refused.",
        "will_retry": False,
        "retry_at": None,
    }
    assert not {"steps", "parameters", "intent"} & set(grant)
    assert callers.get(f"/v1/grants/{grant_id}", callers.partner(partner_id)).get_json() == {
        **grant,
        "results": None,
    }


def test_a_visitor_whose_token_has_expired_is_sent_to_renew_it(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id, grant_id = device_grant(provisioning)
    signer = SessionSigner(provisioning.session_key)
    for begun_ago, path in (
        (timedelta(hours=1), f"/session?next=/collect/{grant_id}"),
        (timedelta(days=1), "/new-link"),
    ):
        browser = callers.client()
        browser.set_cookie(COOKIE, signer.sign(str(partner_id), datetime.now(UTC) - begun_ago).token)
        answer = browser.get(f"/collect/{grant_id}")
        assert (answer.status_code, answer.location) == (303, f"http://127.0.0.1:8000{path}")


def test_pages_speak_the_language_that_the_contact_chose(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id, grant_id = device_grant(provisioning)
    signer = SessionSigner(provisioning.session_key)
    browser = callers.client()
    session = replace(signer.sign(str(partner_id)), language="de")
    browser.set_cookie(COOKIE, signer.renew(session).token)
    for path in ("collect", "devices", "ways-in"):
        page = browser.get(f"/{path}/{grant_id}", headers={"Accept-Language": "en"})
        assert '<html lang="de"' in page.text, path
    assert '<html lang="en"' in browser.get(f"/devices/{grant_id}?lang=en").text, "chosen here"
    assert '<html lang="en"' in browser.get(f"/devices/{grant_id}").text, "and kept"


def test_a_contact_who_handed_over_is_signed_out(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id, _ = device_grant(provisioning)
    path, now = f"/v1/partners/{partner_id}/grants", datetime.now(UTC)
    signer = SessionSigner(provisioning.session_key)
    former = {"Authorization": f"Bearer {signer.sign(str(partner_id), now - timedelta(minutes=1)).token}"}
    assert callers.get(path, former).status_code == 200
    told = {"partner_id": str(partner_id), "member_id": str(provisioning.join(partner_id, "ana@example.com"))}
    for changed_at in (now - timedelta(seconds=5), now - timedelta(minutes=5)):
        provisioning.hear("contact_changed", {**told, "changed_at": changed_at.isoformat()})
        assert callers.get(path, former).status_code == 401
    assert callers.get(path, callers.partner(partner_id)).status_code == 200


def test_who_signed_out_elsewhere_is_signed_out_here(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id, grant_id = device_grant(provisioning)
    path = f"/v1/partners/{partner_id}/grants"
    session = SessionSigner(provisioning.session_key).sign(str(partner_id))
    ended = {"Authorization": f"Bearer {session.token}"}
    browser = callers.client()
    browser.set_cookie(COOKIE, session.token)
    assert callers.get(path, ended).status_code == browser.get(f"/devices/{grant_id}").status_code == 200
    told = {"partner_id": str(partner_id), "session_ids": [str(session.id)]}
    ended_at = datetime.now(UTC).isoformat()
    for _ in range(2):
        provisioning.hear("sessions_ended", {**told, "ended_at": ended_at}, "partner.sessions.v1")
    assert callers.get(path, ended).status_code == 401
    assert browser.get(f"/devices/{grant_id}").status_code == 303
    assert callers.get(path, callers.partner(partner_id)).status_code == 200


def test_nobody_sees_what_is_not_theirs(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    partner_id, grant_id = device_grant(provisioning)
    stranger = callers.partner(uuid4())
    for path in (f"/v1/partners/{partner_id}/grants", f"/v1/grants/{grant_id}"):
        assert callers.get(path, stranger).status_code == 404
        assert callers.get(path, {}).status_code == 401
    path = f"/v1/grants/{grant_id}/credentials"
    assert callers.post(path, stranger).status_code == 404
    assert callers.post(path, {}).status_code == 401
    assert callers.post(path, callers.operator()).status_code == 403
    path = f"/collect/{grant_id}"
    for call, place in ((callers.get, "/new-link"), (callers.post, "/new-link?why=unsent")):
        assert call(path, stranger).status_code == 404
        for unknown in ({}, callers.operator()):
            answer = call(path, unknown)
            assert (answer.status_code, answer.location) == (303, f"http://127.0.0.1:8000{place}")
    switched = callers.client().post(path, data={SWITCH_FIELD: "de"})
    assert switched.location == "http://127.0.0.1:8000/new-link", "nothing was sent that is lost"
    for path in ("/v1/grants", "/v1/catalogue"):
        assert callers.get(path, callers.partner(partner_id)).status_code == 403
    for action in ("retry", "waiver", "credentials-release"):
        path = f"/v1/grants/{grant_id}/{action}"
        assert callers.post(path, callers.partner(partner_id)).status_code == 403
        assert callers.post(path, callers.operator("viewer")).status_code == 403
    assert provisioning.grant(partner_id, "iot").is_collectable


def test_what_is_not_there_is_not_found(callers: Callers) -> None:
    nobody = uuid4()
    assert callers.get(f"/v1/partners/{nobody}/grants", callers.operator()).status_code == 404
    assert callers.get(f"/v1/partners/{nobody}/grants", callers.partner(nobody)).get_json() == {"grants": []}
    assert callers.get(f"/v1/grants/{nobody}", callers.operator()).status_code == 404
    assert callers.post(f"/v1/grants/{nobody}/retry", callers.operator(), BECAUSE).status_code == 404
    assert callers.post(f"/v1/grants/{nobody}/credentials", callers.partner(nobody)).status_code == 404


def test_the_list_goes_on_where_it_ended(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    for _ in range(3):
        provisioning.plan("crm")
    first = callers.get("/v1/grants?limit=2&state=planned", callers.operator()).get_json()
    rest = callers.get(f"/v1/grants?limit=2&cursor={first['next_cursor']}", callers.operator()).get_json()
    ids = [grant["grant_id"] for grant in first["grants"] + rest["grants"]]
    assert len(set(ids)) == 3
    assert rest["next_cursor"] is None


def test_a_wrong_query_is_named(callers: Callers) -> None:
    for query in ("state=lost", "limit=0", "limit=x", "cursor=%27", "cursor=-1", "color=red"):
        answer = callers.get(f"/v1/grants?{query}", callers.operator())
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_the_catalogue_is_shown(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    shown = callers.get("/v1/catalogue", callers.operator("viewer")).get_json()
    assert shown["version"] == provisioning.service.settings.catalogue.version
    assert {entry["product"] for entry in shown["entries"]} == {"cloud_sandbox", "analytics", "crm", "iot"}


def test_retry_goes_on_with_the_step(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    partner_id, grant_id = failed_grant(provisioning)
    key = str(uuid4())
    first = callers.post(f"/v1/grants/{grant_id}/retry", callers.operator(), BECAUSE, key=key)
    assert (first.status_code, first.get_json()["state"]) == (202, "provisioning")
    again = callers.post(f"/v1/grants/{grant_id}/retry", callers.operator(), BECAUSE, key=key)
    assert again.get_json() == first.get_json()
    provisioning.work_off()
    assert provisioning.grant(partner_id, "crm").state == "granted"
    looks = callers.post(f"/v1/grants/{grant_id}/retry", callers.operator(), BECAUSE)
    assert looks.status_code == 202, "where nothing failed it is looked at"
    provisioning.work_off()
    assert provisioning.outside.looks
    provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    provisioning.work_off()
    refused = callers.post(f"/v1/grants/{grant_id}/retry", callers.operator(), BECAUSE)
    assert refused.status_code == 409
    assert (refused.get_json()["state"], refused.get_json()["wanted_state"]) == ("revoked", "provisioning")


def test_what_is_stuck_is_listed_skipped_and_forced_by_operators_only(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    provisioning.outside.will("undo", "iot_certificate", Mishap(NeverPossible("refused", "No."), times=99))
    partner_id = provisioning.plan("iot", "crm")
    provisioning.work_off()
    grant_id = provisioning.grant(partner_id, "iot").grant_id
    refused = callers.post(f"/v1/grants/{grant_id}/force", callers.operator(), BECAUSE)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "still_wanted")
    provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
    provisioning.work_off()

    [stuck] = callers.get("/v1/grants?stuck=true", callers.operator("viewer")).get_json()["grants"]
    assert (stuck["grant_id"], stuck["state"], stuck["cause"]["step"]) == (
        str(grant_id),
        "revoking",
        "iot_certificate",
    )
    listed = callers.get("/v1/grants?stuck=false", callers.operator("viewer")).get_json()["grants"]
    assert [grant["product"] for grant in listed] == ["crm"]
    assert callers.get("/v1/grants?stuck=perhaps", callers.operator()).status_code == 422
    with provisioning.service.open_work() as work:
        assert work.grants.count_stuck() == {("iot", "off", "iot_certificate"): 1}
    assert sorted(step for _, step in provisioning.outside.standing) == [
        "iot_certificate",
        "iot_gateway",
        "iot_policy",
    ], "what the certificate holds is held up, and nothing else"

    forced = callers.post(f"/v1/grants/{grant_id}/force", callers.operator(), BECAUSE)
    assert (forced.status_code, forced.get_json()["is_forced"]) == (202, True)
    provisioning.work_off()
    assert [step for _, step in provisioning.outside.standing] == ["iot_certificate"]
    skip = {"step": "iot_certificate", "reason": "Deleted by hand."}
    assert callers.post(f"/v1/grants/{grant_id}/skip", callers.operator("viewer"), skip).status_code == 403
    skipped = callers.post(f"/v1/grants/{grant_id}/skip", callers.operator(), skip).get_json()
    assert skipped["state"] == "revoked"
    assert [step["skipped_because"] for step in skipped["steps"] if step["skipped_because"]] == [
        "Deleted by hand."
    ]
    assert provisioning.events(partner_id)[-1] == "gangway.access.cleared.v1"


def test_what_is_to_be_stopped_and_is_not_is_told_however_long_it_is_tried(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    """An outside that is away has a day of patience: nobody would hear of it before the next night."""
    partner_id = provisioning.plan("crm")
    provisioning.work_off()
    provisioning.outside.will("freeze", "crm_users", Mishap(NotNow("away", "No answer."), times=99))
    provisioning.hear("suspended", {"partner_id": str(partner_id)})
    provisioning.work_off()

    def stuck() -> list[Any]:
        found: list[Any] = callers.get("/v1/grants?stuck=true", callers.operator("viewer")).get_json()[
            "grants"
        ]
        return found

    failed_for = """
        UPDATE grant_steps SET begun_at = now() - interval '%s minutes', retry_at = now() + interval '1 hour',
            is_stuck = false, attempts = 5 WHERE name = 'crm_users'"""
    for minutes, expected in ((14, {}), (16, {("crm", "frozen", "crm_users"): 1})):
        with provisioning.service.open_work() as work:
            assert work.connection.exec_driver_sql(failed_for % minutes).rowcount == 1
        with provisioning.service.open_work() as work:
            assert work.grants.count_stuck() == expected
        assert len(stuck()) == len(expected)
    assert stuck()[0]["cause"]["will_retry"] is True
    counted = callers.get("/v1/waiting", callers.operator("viewer")).get_json()["waiting"]
    assert [line["count"] for line in counted if line["kind"] == "stuck_steps"] == [1]
    with provisioning.service.open_work() as work:
        work.connection.exec_driver_sql("UPDATE grants SET intent = 'on'")
    assert stuck() == [], "what is to be made has its patience"


def test_waiving_names_who_and_why(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    partner_id, grant_id = failed_grant(provisioning)
    path = f"/v1/grants/{grant_id}/waiver"
    assert callers.post(path, callers.operator(), {"reason": ""}).status_code == 422
    assert callers.post(path, callers.operator(), {"reason": "x", "by": "me"}).status_code == 422
    waived = callers.post(path, callers.operator(), {"reason": "Brings its own."})
    assert (waived.status_code, waived.get_json()["state"]) == (200, "waived")
    assert callers.post(path, callers.operator(), {"reason": "Twice."}).status_code == 409
    provisioning.work_off()
    assert provisioning.events(partner_id)[-1] == "gangway.access.waived.v1"
    assert provisioning.outside.standing == {}


def test_the_key_is_handed_out_once(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    partner_id, grant_id = device_grant(provisioning)
    path = f"/v1/grants/{grant_id}/credentials"
    first = callers.client().post(path, headers=callers.partner(partner_id))
    assert first.status_code == 200
    assert first.get_json()["private_key_pem"] == f"KEY of {grant_id}"
    assert first.headers["Cache-Control"] == "no-store"
    second = callers.client().post(path, headers=callers.partner(partner_id))
    assert (second.status_code, second.get_json()["code"]) == (410, "already_collected")
    released = callers.post(f"/v1/grants/{grant_id}/credentials-release", callers.operator(), BECAUSE)
    assert (released.get_json()["collectable"], released.get_json()["state"]) == (False, "granted")
    early = callers.client().post(path, headers=callers.partner(partner_id))
    assert (early.status_code, early.get_json()["code"]) == (409, "not_collectable")
    provisioning.work_off()
    third = callers.client().post(path, headers=callers.partner(partner_id))
    assert third.get_json()["private_key_pem"] == f"KEY of {grant_id} after cert-1"
    assert provisioning.events(partner_id)[-1] == "gangway.access.granted.v1"


def test_a_partner_rotates_its_key_and_ends_the_older_one(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id, grant_id = device_grant(provisioning)
    own, key = callers.partner(partner_id), f"/v1/grants/{grant_id}/credentials"

    def code(path: str) -> str:
        answer = callers.post(path, own)
        return str(answer.get_json().get("code", answer.status_code))

    for path in (f"{key}-rotation", f"{key}-rotation-end"):
        assert callers.post(path, callers.partner(uuid4())).status_code == 404
        assert callers.post(path, callers.operator("admin")).status_code == 403
    assert code(f"{key}-rotation") == "not_collected"
    assert code(f"{key}-rotation-end") == "no_older_key"
    assert callers.client().post(key, headers=own).status_code == 200
    assert code(f"{key}-rotation") == "202"
    provisioning.work_off()
    assert code(f"{key}-rotation") == "not_collected"
    assert code(f"{key}-rotation-end") == "not_collected"
    assert callers.client().post(key, headers=own).get_json()["private_key_pem"].endswith("after cert-1")
    assert code(f"{key}-rotation") == "older_key_stays"
    assert provisioning.grant(partner_id, "iot").outputs["keeps_older"] is True
    assert code(f"{key}-rotation-end") == "202"
    provisioning.work_off()
    grant = provisioning.grant(partner_id, "iot")
    assert (grant.outputs["keeps_older"], grant.state) == (False, "granted")
    assert callers.client().post(key, headers=own).status_code == 410, "the newest key is not shown again"


def test_an_ill_vault_is_told_and_burns_nothing(
    callers: Callers, provisioning: ProvisioningOnPostgres
) -> None:
    partner_id, grant_id = device_grant(provisioning)
    path = f"/v1/grants/{grant_id}/credentials"
    provisioning.vault.error = NotNow("throttled", "Slow down.")
    assert callers.client().post(path, headers=callers.partner(partner_id)).status_code == 503
    provisioning.vault.error = None
    assert callers.client().post(path, headers=callers.partner(partner_id)).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("de", "Schlüssel jetzt anzeigen"), ("en", "Show key")])
def test_the_page_shows_first_and_hands_out_on_post(
    callers: Callers, provisioning: ProvisioningOnPostgres, language: str, words: str
) -> None:
    partner_id, grant_id = device_grant(provisioning)
    client = callers.client()
    client.set_cookie(COOKIE, callers.session(partner_id))
    address = f"/collect/{grant_id}?lang={language}"
    page = client.get(address)
    assert words in page.text
    assert "KEY of" not in page.text
    assert client.get(address).status_code == 200
    shown = client.post(address)
    assert f"KEY of {grant_id}" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    [file] = re.findall(r'href="data:[^"]*base64,([^"]*)" download="private-key.pem"', shown.text)
    assert base64.b64decode(unescape(file)).decode() == f"KEY of {grant_id}"
    assert 'href="http://127.0.0.1:8000/status"' in shown.text
    assert "<script" not in page.text + shown.text
    assert f'lang="{language}"' in shown.text
    assert "?lang=" in page.text
    assert "?lang=" not in shown.text  # a GET would show that the key is gone, and lose it
    gone = client.post(address)
    assert gone.status_code == 410
    assert "KEY of" not in gone.text
    assert not re.search(r"<form", client.get(address).text)


def test_a_double_click_on_the_page_is_one(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    partner_id, grant_id = device_grant(provisioning)
    client = callers.client()
    client.set_cookie(COOKIE, callers.session(partner_id))
    address = f"/collect/{grant_id}"
    another_tab, page = client.get(address).text, client.get(address).text
    visits = [{"visit": visit_in(page)}] * 2
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda form: signed_in_post(callers, partner_id, address, form), visits))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all(f"KEY of {grant_id}" in answer.text for answer in answers)
    for form in ({"visit": visit_in(another_tab)}, {"visit": "no visit"}, {}):
        refused = signed_in_post(callers, partner_id, address, form)
        assert refused.status_code == 410
        assert "KEY of" not in refused.text
    query = text("SELECT count(*) FROM operator_actions WHERE action = 'collect key'")
    with provisioning.service.database.engine.begin() as connection:
        assert connection.execute(query).scalar_one() == 1


def visit_in(page: str) -> str:
    [visit] = set(re.findall(r'name="visit" value="([^"]+)"', page))
    return str(visit)


def signed_in_post(callers: Callers, partner_id: UUID, address: str, form: dict[str, str]) -> TestResponse:
    client = callers.client()
    client.set_cookie(COOKIE, callers.session(partner_id))
    return client.post(address, data=form)


def test_a_database_that_goes_away_before_the_page_is_made_burns_nothing(
    callers: Callers, provisioning: ProvisioningOnPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the database is away"))

    partner_id, grant_id = device_grant(provisioning)
    client = callers.client()
    client.set_cookie(COOKIE, callers.session(partner_id))
    monkeypatch.setattr(collecting, "own_grant", away)
    assert client.post(f"/collect/{grant_id}").status_code == 503
    assert provisioning.grant(partner_id, "iot").is_collectable


def test_another_site_cannot_collect(callers: Callers, provisioning: ProvisioningOnPostgres) -> None:
    partner_id, grant_id = device_grant(provisioning)
    client = callers.client()
    client.set_cookie(COOKIE, callers.session(partner_id))
    refused = client.post(f"/collect/{grant_id}", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert provisioning.grant(partner_id, "iot").is_collectable
