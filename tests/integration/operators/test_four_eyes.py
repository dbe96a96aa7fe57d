"""Acts that the setting names wait for a second person: by API, at the command line and in the console."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.test_requests import active
from tests.integration.operators.busy_day import company
from tests.integration.operators.conftest import (
    CommandLine,
    ConsoleBrowser,
    Services,
    console_at,
    ops_token,
)
from tests.served import served
from tests.unit.chassis.issuer import AUDIENCE, Issuer, serving

from chassis.database.operators_log import Wanted, list_actions
from chassis.identity.operators import LONGEST_NAME
from chassis.settings import SettingsRefused, settings_from
from chassis.settings.four_eyes import FourEyes
from chassis.settings.issuer import read_issuer

ACTS = frozenset({"partners/approval", "partners/offboarding", "partners/erasure", "grants/force"})
APPROVAL = {"tier": "select", "reason": "Known from the fair."}


@dataclass
class TwoPeople:
    """The services with the setting, and people of a provider beside machines."""

    onboarding: ApiClient
    issuer: Issuer
    urls: dict[str, str]

    def person(self, name: str, role: str = "reviewer", **claims: Any) -> str:
        told = {"name": name, "email": f"{name}@ops.example", "email_verified": True, **claims}
        return self.issuer.token(role, sub=name, **told)

    def in_review(self) -> str:
        name = uuid4().hex[:12]
        return self.onboarding.in_review(**company(f"Firm {name}", name, f"{name}.example"))[0]

    def domain(self, partner: str) -> str:
        query = "SELECT mail_domain FROM partners WHERE id = %s"
        with self.onboarding.service.database.begin() as work:
            return str(work.connection.exec_driver_sql(query, (partner,)).scalar_one())

    def proposed(self, partner: str, token: str) -> str:
        """The id of a proposal to approve the partner."""
        answer = self.onboarding.post(f"/v1/partners/{partner}/approval", APPROVAL, token)
        assert answer.status_code == 202, answer.json
        assert answer.json["state"] == "waiting"
        return str(answer.json["proposal_id"])

    def settle(self, proposal: str, verb: str, token: str, key: str | None = None) -> tuple[int, Any]:
        path = f"/v1/proposals/{proposal}/{verb}"
        answer = self.onboarding.post(path, {"reason": "I looked too."}, token, key)
        return answer.status_code, answer.json

    def log(self, target: str) -> list[tuple[str, str | None, str, str]]:
        with self.onboarding.service.database.begin() as work:
            found = list_actions(work.connection, Wanted(target=target))
        return [(one.actor, one.confirmed_by, one.action, one.outcome) for one in reversed(found)]


@pytest.fixture(scope="module")
def people(built: Services) -> Iterator[TwoPeople]:
    with serving(Issuer()) as issuer:
        environ = {"OIDC_ISSUER": issuer.url, "OIDC_AUDIENCE": AUDIENCE, "OIDC_NAME_CLAIM": "name"}
        with settings_from(environ) as reader:
            known = read_issuer(reader)

        def second(service: Any) -> Any:
            asks = {"four_eyes": FourEyes(ACTS), "issuer": known}
            return replace(service, settings=replace(service.settings, **asks))

        onboarding = second(built.onboarding.service)
        others = (built.provisioning, built.notifications, built.integrations)
        apps = [one.create_web_app() for one in (onboarding, *(second(other.service) for other in others))]
        client = replace(built.onboarding, service=onboarding, http=apps[0].test_client())
        with ExitStack() as opened:
            names = ("ONBOARDING", "PROVISIONING", "NOTIFICATIONS", "INTEGRATIONS")
            urls = {name: opened.enter_context(served(app)) for name, app in zip(names, apps, strict=True)}
            yield TwoPeople(client, issuer, urls)


def test_a_second_person_confirms_and_both_are_named(people: TwoPeople) -> None:
    partner = people.in_review()
    proposal = people.proposed(partner, people.person("amara"))
    assert people.onboarding.state(partner) == "in_review", "nothing is done yet"
    assert (
        people.settle(proposal, "confirmation", people.person("amara"))[1]["code"] == "second_person_required"
    )
    assert people.settle(proposal, "confirmation", people.person("vera", "viewer"))[0] == 403
    assert people.settle(proposal, "confirmation", ops_token("admin"))[1]["code"] == "person_required"

    key = str(uuid4())
    status, told = people.settle(proposal, "confirmation", people.person("vera"), key)
    assert (status, told["state"], told["settled_by"]) == (200, "confirmed", "vera")
    assert people.onboarding.state(partner) == "approved"
    assert people.settle(proposal, "confirmation", people.person("vera"), key)[0] == 200, "a double click"
    assert people.settle(proposal, "confirmation", people.person("olga"))[1]["code"] == "proposal_settled"
    approvals = [told for name, told in people.onboarding.events(partner) if name == "partner.approved"]
    assert [one["decided_by"] for one in approvals] == [{"kind": "operator", "name": "amara + vera"}]
    assert people.log(partner) == [
        ("amara", None, "approve partner", "proposed"),
        ("amara", "vera", "approve partner", "done"),
    ]


def test_of_those_who_settle_it_at_once_one_does(people: TwoPeople) -> None:
    partner = people.in_review()
    path = f"{people.urls['ONBOARDING']}/v1/proposals/{people.proposed(partner, people.person('amara'))}"
    both = [(people.person(name), verb) for name in ("vera", "olga") for verb in ("confirmation", "refusal")]
    ready = Barrier(len(both))

    def settle(token: str, verb: str) -> str:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        ready.wait(timeout=10)
        told = httpx.post(f"{path}/{verb}", json={"reason": "I looked."}, headers=headers, timeout=10).json()
        return str(told.get("code") or told["state"])

    with ThreadPoolExecutor(len(both)) as threads:
        told = sorted(threads.map(settle, *zip(*both, strict=True)))
    assert told[1:] == ["proposal_settled"] * 3
    assert people.onboarding.state(partner) == {"confirmed": "approved", "declined": "in_review"}[told[0]]
    assert len([name for name, _ in people.onboarding.events(partner) if name == "partner.approved"]) == (
        told[0] == "confirmed"
    )


def test_an_erasure_is_confirmed_though_it_clears_the_proposals_about_the_partner(people: TwoPeople) -> None:
    partner = people.in_review()
    approval = people.proposed(partner, people.person("amara"))
    reject = {"reason": "No such company."}
    assert people.onboarding.post(f"/v1/partners/{partner}/rejection", reject, people.person("vera")).json
    erasure = people.onboarding.post(
        f"/v1/partners/{partner}/erasure", {"reason": "They asked."}, people.person("amara", "operator")
    )
    assert (erasure.status_code, people.onboarding.state(partner)) == (202, "rejected")
    proposal = erasure.json["proposal_id"]
    for verb in ("confirmation", "refusal"):
        status, told = people.settle(proposal, verb, people.person("vera", "reviewer"))
        assert (status, told["detail"]) == (403, "This needs the role operator."), "as the act itself does"
    status, told = people.settle(proposal, "confirmation", people.person("olga", "operator"))
    assert (status, told["state"], told["settled_by"]) == (200, "confirmed", "olga")
    assert people.onboarding.get(f"/v1/partners/{partner}", people.person("vera")).status_code == 404
    left = people.onboarding.get(f"/v1/proposals/{approval}", people.person("vera")).json
    assert (left["state"], left["body"]) == ("outdated", {})
    assert people.log(partner)[-1] == ("amara", "olga", "erase partner", "done")


def test_an_address_in_a_proposal_is_hidden_from_who_only_looks(people: TwoPeople) -> None:
    partner, address = people.in_review(), f"jana@{uuid4().hex[:12]}.example"
    reason = {**APPROVAL, "reason": f"{address} vouches for them."}
    path = f"/v1/partners/{partner}/approval"
    proposal = people.onboarding.post(path, reason, people.person("amara")).json["proposal_id"]
    deep = """UPDATE proposals SET body = jsonb_build_object('tier', %s::text, 'people',
        jsonb_build_array(jsonb_build_object('email', %s::text))) WHERE id = %s"""
    with people.onboarding.service.database.engine.begin() as connection:
        connection.exec_driver_sql(deep, (f"as {address} has", address, proposal))
    for place in (f"/v1/proposals/{proposal}", "/v1/proposals"):
        seen = people.onboarding.get(place, people.person("vera", "viewer"))
        assert (seen.status_code, address in seen.text) == (200, False)
        assert address in people.onboarding.get(place, people.person("olga", "operator")).text
    assert people.settle(proposal, "refusal", people.person("amara"))[0] == 200


def test_every_act_that_may_wait_says_so_in_the_document(people: TwoPeople) -> None:
    told: Any = people.onboarding.http.get("/openapi.json").json
    for path in ("approval", "offboarding", "tier"):
        answer = told["paths"][f"/v1/partners/{{partner_id}}/{path}"]["post"]["responses"]["202"]
        assert "#/components/schemas/Proposal" in str(answer)


def test_what_would_be_refused_is_refused_before_it_is_proposed(people: TwoPeople) -> None:
    name = uuid4().hex[:12]
    partner = people.onboarding.applied(**company(name, name, f"{name}.example"))
    path = f"/v1/partners/{partner}/approval"
    assert people.onboarding.post(path, APPROVAL, people.person("amara")).json["code"] == "move_not_allowed"
    assert people.onboarding.post(path, {"tier": "best"}, people.person("amara")).status_code == 422
    assert people.onboarding.post(path, APPROVAL, people.person("vera", "viewer")).status_code == 403
    assert people.log(partner) == []


def test_nobody_proposes_or_confirms_for_the_own_company(people: TwoPeople) -> None:
    partner = people.in_review()
    own = {"email": f"otto@{people.domain(partner)}"}
    path = f"/v1/partners/{partner}/approval"
    assert people.onboarding.post(path, APPROVAL, people.person("otto", **own)).json["code"] == "own_company"
    proposal = people.proposed(partner, people.person("amara"))
    assert people.settle(proposal, "confirmation", people.person("otto", **own))[1]["code"] == "own_company"
    assert people.onboarding.state(partner) == "in_review"


def test_it_is_declined_or_taken_back_and_may_be_proposed_again(people: TwoPeople) -> None:
    partner = people.in_review()
    first = people.proposed(partner, people.person("amara"))
    again = people.onboarding.post(f"/v1/partners/{partner}/approval", APPROVAL, people.person("vera"))
    assert again.json["code"] == "proposal_waits"
    assert people.settle(first, "refusal", people.person("vera"))[1]["state"] == "declined"
    assert people.settle(first, "confirmation", people.person("vera"))[1]["code"] == "proposal_settled"
    second = people.proposed(partner, people.person("amara"))
    assert people.settle(second, "refusal", people.person("amara"))[1]["state"] == "withdrawn"
    assert [outcome for *_, outcome in people.log(partner)] == [
        "proposed",
        "declined: proposed by amara",
        "proposed",
        "withdrawn: proposed by amara",
    ]


def test_what_changed_meanwhile_is_not_confirmed_and_makes_room(people: TwoPeople) -> None:
    partner = people.in_review()
    first = people.proposed(partner, people.person("amara"))
    changed = "UPDATE partners SET legal_name = 'Another AG' WHERE id = %s"
    with people.onboarding.service.database.begin() as work:
        work.connection.exec_driver_sql(changed, (partner,))
    assert people.settle(first, "confirmation", people.person("vera"))[1]["code"] == "proposal_outdated"
    second = people.proposed(partner, people.person("amara"))
    assert people.settle(first, "confirmation", people.person("vera"))[1]["code"] == "proposal_settled"
    assert people.settle(second, "confirmation", people.person("vera"))[0] == 200


def test_a_grant_of_another_size_is_not_what_was_proposed(services: Services) -> None:
    provisioning = services.provisioning.service
    services.provisioning.plan("crm")
    with provisioning.database.begin() as work, work.connection.begin_nested() as undone:
        ask = work.connection.exec_driver_sql
        for query in provisioning.standings.values():
            assert ask(query, (uuid4(),)).all() == []
        grant = ask("SELECT grant_id FROM grants LIMIT 1").scalar_one()
        seen = [ask(provisioning.standings["grant_id"], (grant,)).one() for _ in range(2)]
        ask("UPDATE grants SET parameters = parameters || '{\"seats\": 500}' WHERE grant_id = %s", (grant,))
        changed = ask(provisioning.standings["grant_id"], (grant,)).one()
        undone.rollback()
    assert seen[0] == seen[1] != changed


def test_what_this_version_would_not_take_is_not_confirmed(people: TwoPeople) -> None:
    partner = people.in_review()
    proposal = people.proposed(partner, people.person("amara"))
    with people.onboarding.service.database.begin() as work:
        work.connection.exec_driver_sql("UPDATE proposals SET body = '{}' WHERE id = %s", (proposal,))
    assert people.settle(proposal, "confirmation", people.person("vera"))[1]["code"] == "proposal_outdated"
    assert people.onboarding.state(partner) == "in_review"


def test_what_this_version_no_longer_has_is_listed_and_only_declined(people: TwoPeople) -> None:
    partner = people.in_review()
    proposal = people.proposed(partner, people.person("amara"))
    gone = "UPDATE proposals SET endpoint = 'POST /v1/partners/{partner_id}/welcome' WHERE id = %s"
    with people.onboarding.service.database.begin() as work:
        work.connection.exec_driver_sql(gone, (proposal,))
    vera = people.person("vera")
    listed = people.onboarding.get("/v1/proposals", vera, limit=500).json["proposals"]
    assert [one["role"] for one in listed if one["proposal_id"] == proposal] == [None]
    assert people.settle(proposal, "confirmation", vera)[1]["code"] == "proposal_outdated"
    assert people.settle(proposal, "refusal", vera)[1]["state"] == "declined"


def test_two_long_names_are_no_longer_than_one_may_be(people: TwoPeople) -> None:
    partner = people.in_review()
    one, other = "a" * LONGEST_NAME, "v" * LONGEST_NAME
    proposal = people.proposed(partner, people.person(one, email="amara@ops.example"))
    vera = people.person(other, email="vera@ops.example")
    assert people.settle(proposal, "confirmation", vera)[0] == 200
    [told] = [told for name, told in people.onboarding.events(partner) if name == "partner.approved"]
    assert re.fullmatch(r"a+ \+ v+", told["decided_by"]["name"])
    assert len(told["decided_by"]["name"]) <= LONGEST_NAME
    assert people.log(partner)[-1][:2] == (one, other)


def test_it_expires_and_makes_room(people: TwoPeople) -> None:
    partner = people.in_review()
    first = people.proposed(partner, people.person("amara"))
    with people.onboarding.service.database.begin() as work:
        ended = "UPDATE proposals SET expires_at = now() WHERE id = %s"
        work.connection.exec_driver_sql(ended, (first,))
    answer = people.onboarding.get(f"/v1/proposals/{first}", people.person("vera"))
    assert answer.json["state"] == "expired"
    assert people.settle(first, "confirmation", people.person("vera"))[1]["code"] == "proposal_settled"
    assert people.proposed(partner, people.person("amara")) != first


def test_a_machine_proposes_until_its_token_is_revoked(people: TwoPeople) -> None:
    partner = people.in_review()
    token_id = str(uuid4())
    proposal = people.proposed(partner, people.onboarding.ops("reviewer"))
    with people.onboarding.service.database.begin() as work:
        work.connection.exec_driver_sql(
            "UPDATE proposals SET token_id = %s WHERE id = %s AND token_id IS NOT NULL", (token_id, proposal)
        )
    revoked = replace(people.onboarding.service.settings, revoked_tokens={token_id})
    gone = replace(people.onboarding.service, settings=revoked)
    beside = replace(people.onboarding, http=gone.create_web_app().test_client())
    path = f"/v1/proposals/{proposal}/confirmation"
    answer = beside.post(path, {"reason": "I looked."}, people.person("vera"))
    assert answer.json["code"] == "proposer_revoked"
    assert people.onboarding.state(partner) == "in_review"
    assert people.settle(proposal, "confirmation", people.person("vera"))[0] == 200, "while it counts"


def test_a_partner_who_leaves_waits_for_nobody(people: TwoPeople, services: Services) -> None:
    partner, session = active(services.onboarding)
    path = f"/v1/partners/{partner}/offboarding"
    assert (
        people.onboarding.post(path, {"reason": "We close."}, people.person("amara", "operator")).status_code
        == 202
    )
    assert people.onboarding.post(path, {"reason": "We close."}, session).status_code == 200


def test_the_command_line_says_that_it_waits_and_confirms(people: TwoPeople, tmp_path: Path) -> None:
    partner = people.in_review()
    home = {
        "GANGWAY_HOME": str(tmp_path),
        **{f"GANGWAY_{name}_URL": url for name, url in people.urls.items()},
    }
    amara = CommandLine({**home, "GANGWAY_OPS_TOKEN": people.person("amara")})
    vera = CommandLine({**home, "GANGWAY_OPS_TOKEN": people.person("vera")})
    told = amara.says("reviews", "approve", partner, "--tier", "select", "--reason", "Known.")
    assert told.startswith("A second person has to confirm this until ")
    [found] = [one for one in vera.tells("proposals", "list") if one["target"] == partner]
    assert (found["proposed_by"], found["body"], found["role"]) == ("amara", {"tier": "select"}, "reviewer")
    beginning = found["proposal_id"][:-4]
    assert "Somebody else" in amara.fails("proposals", "confirm", beginning, "--reason", "Twice.")
    away = {"GANGWAY_INTEGRATIONS_URL": "http://127.0.0.1:9"}
    refused = vera("proposals", "confirm", beginning, "--reason", "Yes.", **away)
    assert refused.exit_code == 1
    assert "Not every service answered: give the whole id." in refused.output
    confirmed = vera("proposals", "confirm", found["proposal_id"], "--reason", "Yes.", **away)
    assert (confirmed.exit_code, confirmed.output) == (0, "approve partner: confirmed.\n")
    assert people.onboarding.state(partner) == "approved"
    [done] = [one for one in vera.tells("audit", "list", "--actor", "vera") if one["target"] == partner]
    assert (done["actor"], done["confirmed_by"]) == ("amara", "vera")
    assert "waits for a second person" in vera.fails(
        "proposals", "decline", found["proposal_id"], "--reason", "No."
    )


def test_the_console_shows_what_waits_and_offers_it_to_others(people: TwoPeople) -> None:
    service = console_at(people.urls)
    try:
        partner = people.in_review()
        amara = ConsoleBrowser(service, people.person("amara"))
        vera = ConsoleBrowser(service, people.person("vera"))
        path = f"/partners/{partner}/approve"
        assert amara.post(path, tier="select", reason="Known <b>well</b>.").status_code == 303
        assert "a second person must confirm this" in amara.shows("/")
        assert "Waiting for confirmation" in vera.shows("/")
        for page in ("/proposals", f"/partners/{partner}"):
            assert "Known &lt;b&gt;well&lt;/b&gt;." in vera.shows(page)
        [confirm] = re.findall(
            r"/proposals/onboarding/[0-9a-f-]+/confirm-proposal", vera.shows(f"/partners/{partner}")
        )
        own = amara.shows(f"/partners/{partner}")
        assert confirm not in own
        assert "Withdraw" in own
        assert amara.post(confirm, reason="Mine.").status_code == 403
        assert vera.post(confirm, reason="I looked too.").status_code == 303
        assert vera.post(confirm, reason="Once more.").status_code == 409
        assert people.onboarding.state(partner) == "approved"
        assert "amara + vera" in vera.shows("/audit")
    finally:
        service.dispose()


def test_without_the_setting_nothing_waits(built: Services, people: TwoPeople) -> None:
    partner = people.in_review()
    answer = built.onboarding.post(f"/v1/partners/{partner}/approval", APPROVAL, ops_token("reviewer"))
    assert (answer.status_code, answer.json["state"]) == (200, "approved")


def test_an_act_that_cannot_wait_stops_the_start(built: Services) -> None:
    service = built.onboarding.service
    asks = replace(service.settings, four_eyes=FourEyes(frozenset({"partners/disclosure"})))
    with pytest.raises(SettingsRefused, match=r"FOUR_EYES_ACTS: cannot wait .*: partners/disclosure"):
        replace(service, settings=asks).create_web_app()
