"""Odd input at the doors: refused with the field named, or taken for what it is; never an error of ours."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.onboarding.api_client import ApiClient, application
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.test_pages_applying import FILLED

from onboarding.domain.states import State
from onboarding.entrypoints.web.pages.form_words import country_names


def company(**changes: Any) -> dict[str, Any]:
    return application(company={**application()["company"], **changes})


def contact(**changes: Any) -> dict[str, Any]:
    return application(contact={**application()["contact"], **changes})


REFUSED = [
    (company(legal_name="\u200b"), "/company/legal_name"),
    (company(legal_name="\u115f\u3164"), "/company/legal_name"),
    (company(legal_name="\U0001f680"), "/company/legal_name"),
    (company(legal_name="A\u202eB"), "/company/legal_name"),
    (company(legal_name="\u202eAB"), "/company/legal_name"),
    (company(legal_name="A\tB"), "/company/legal_name"),
    (company(legal_name="A\ufdd0B"), "/company/legal_name"),
    (company(legal_name="M\ufffdller GmbH"), "/company/legal_name"),
    (company(legal_name="A" + "\u0301" * 30), "/company/legal_name"),
    (company(website="https://x.example:99999"), "/company/website"),
    (company(website="https://a\u2100b.example"), "/company/website"),
    (company(website="https://[::1]"), "/company/website"),
    (company(website="https://2130706433"), "/company/website"),
    (company(website="https://firma"), "/company/website"),
    (company(country="FR", registration_number="552 100 555"), "/company/registration_number"),
    (company(country="\u00df"), "/company/country"),
    (contact(email="j\u00f6rg.m\u00fcller@firma.example"), "/contact/email"),
    (contact(email="jana@192.0.2.1"), "/contact/email"),
    (contact(email="jana@0x7f.1"), "/contact/email"),
    (contact(email="a" * 65 + "@firma.example"), "/contact/email"),
    (contact(given_name="\u2060"), "/contact/given_name"),
    (contact(given_name="\u00b7"), "/contact/given_name"),
    (
        application(
            contact={"given_name": "A", "email": "j.ana+x@gmail.com"},
            members=[{"given_name": "B", "email": "Jana@googlemail.com"}],
        ),
        "/members/0/email",
    ),
]


@pytest.mark.parametrize(
    ("body", "pointer"), REFUSED, ids=[pointer + str(n) for n, (_, pointer) in enumerate(REFUSED)]
)
def test_what_cannot_be_used_is_named(api: ApiClient, body: dict[str, Any], pointer: str) -> None:
    answer = api.post("/v1/applications", body)
    assert answer.status_code == 422, answer.json
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "place", "told"),
    [
        (
            company(website="https://\u05e9\u05dc\u05d5\u05dd1.example"),
            "website",
            "https://xn--1-9hcuf1d.example",
        ),
        (
            company(website="https://B\u00fccher.example/\u00e4"),
            "website",
            "https://xn--bcher-kva.example/%C3%A4",
        ),
        (company(legal_name="Gr\u200bey M\u00adirror"), "legal_name", "Grey Mirror"),
        (company(legal_name="\u202aGrey Mirror\u202c"), "legal_name", "Grey Mirror"),
        (company(legal_name="Grey Mirror\t\r\n"), "legal_name", "Grey Mirror"),
        (company(legal_name="Grey\u00a0\u00a0Mirror"), "legal_name", "Grey\u00a0\u00a0Mirror"),
        (company(legal_name="Mu\u0308ller \u2764\ufe0f"), "legal_name", "M\u00fcller \u2764\ufe0f"),
        (
            company(legal_name="\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
            "legal_name",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        (company(country="xk"), "country", "XK"),
    ],
)
def test_what_was_typed_is_what_is_shown(api: ApiClient, body: dict[str, Any], place: str, told: str) -> None:
    answer = api.post("/v1/applications", body)
    assert answer.status_code == 202, answer.json
    (applied,) = [data for name, data in api.events(answer.json["partner_id"]) if name == "partner.applied"]
    assert applied[place] == told


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [("jana@outlook.de", "jana@outlook.com", 202), ("j.ana@gmail.com", "jana+x@googlemail.com", 422)],
)
def test_each_person_has_a_mailbox_of_their_own(api: ApiClient, one: str, other: str, status: int) -> None:
    people = [{"given_name": "Jana", "email": email} for email in (one, other)]
    answer = api.post("/v1/applications", application(members=people))
    assert answer.status_code == status
    if status == 422:
        assert [error["pointer"] for error in answer.json["errors"]] == ["/members/1/email"]


def test_one_name_is_enough(api: ApiClient, browser: FormBrowser) -> None:
    for person in ({"given_name": "Sukarno"}, {"given_name": "Sukarno", "family_name": ""}):
        body = application(contact={**person, "email": "sukarno@firma.example"})
        answer = api.post("/v1/applications", body)
        assert answer.status_code == 202, answer.json
        told = dict(api.events(answer.json["partner_id"]))["partner.email_verification_requested"]["contact"]
        assert (told["given_name"], told["family_name"], told["has_one_name"]) == ("Sukarno", "Sukarno", True)
        with api.service.open_work() as work:
            assert work.partners.get(UUID(answer.json["partner_id"])).contact.full_name == "Sukarno"
    browser.open("/apply").press({**FILLED, "contact-family_name": "", "member-0-family_name": ""})
    assert browser.url == "/check-your-mail"


def test_optional_fields_may_stay_empty(api: ApiClient) -> None:
    empty: dict[str, Any] = {"competences": [], "products_wanted": [], "expected_benefits": "", "members": []}
    partner_id, _ = api.screened(**empty, partner_type="reseller")
    with api.service.open_work() as work:
        partner = work.partners.get(UUID(partner_id))
    assert (partner.state, partner.findings) == (State.APPROVED, ())


@pytest.mark.parametrize(
    ("first", "second", "is_found"),
    [
        (("FR", "552 100 554"), ("FR", "55210055400013"), True),
        (("FR", "552 100 554"), ("FR", "552 100 554 R.C.S. Paris"), True),
        (("DE", "HRB 4711"), ("DE", "Amtsgericht K\u00f6ln, HRB 4711"), True),
        (("DE", "HRB 4711 K\u00f6ln"), ("DE", "HRB 4711"), True),
        (("DE", "HRB 4711 K\u00f6ln"), ("DE", "HRB 4711 Bonn"), False),
        (("GB", "1234567"), ("GB", "01234567"), True),
    ],
)
def test_one_company_is_found_by_its_number(
    api: ApiClient, first: tuple[str, str], second: tuple[str, str], is_found: bool
) -> None:
    ids = []
    for place, (country, number) in enumerate((first, second)):
        body = company(country=country, registration_number=number)
        body["contact"]["email"] = f"jana@number{place}.example"
        body["members"] = []
        ids.append(api.screened(**body)[0])
    with api.service.open_work() as work:
        codes = {finding.code for finding in work.partners.get(UUID(ids[1])).findings}
    assert ("duplicate_registration_number" in codes) is is_found


def test_an_operator_tells_two_companies_of_one_number_apart(api: ApiClient) -> None:
    ids = []
    for place in range(2):
        domain = f"twin{place}.example"
        body = company(
            registration_number="HRB 4711", legal_name=f"Twin {place}", website=f"https://{domain}"
        )
        body["contact"]["email"], body["members"] = f"jana@{domain}", []
        ids.append(api.screened(**body)[0])
    path, decision = (
        f"/v1/partners/{ids[1]}/approval",
        {"tier": "select", "reason": "HRB of Bonn, not of Ulm."},
    )
    refused = api.post(path, decision, api.ops())
    assert (refused.status_code, refused.json["conflicting_partner_id"]) == (409, ids[0])
    stranger = api.post(path, {**decision, "other_than": str(UUID(int=7))}, api.ops())
    assert stranger.status_code == 409
    taken = api.post(path, {**decision, "other_than": ids[0]}, api.ops())
    assert (taken.status_code, taken.json["state"]) == (200, "approved")
    entries = api.get(f"/v1/partners/{ids[1]}/timeline", api.ops()).json["entries"]
    (entry,) = [entry for entry in entries if entry["code"] == "partner.registration_shared"]
    assert entry["internal_facts"]["other_partner_id"] == ids[0]
    assert entry["internal_facts"]["reason"] == decision["reason"]
    assert entry["internal_facts"]["decided_by"]["name"] == "amara.diallo"


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (
            "de",
            [
                "Afghanistan",
                "\u00c4gypten",
                "Albanien",
                "Kosovo",
                "Oman",
                "\u00d6sterreich",
                "Tunesien",
                "T\u00fcrkei",
            ],
        ),
        (
            "en",
            [
                "Afghanistan",
                "\u00c5land Islands",
                "Albania",
                "Costa Rica",
                "C\u00f4te d\u2019Ivoire",
                "Croatia",
                "Kosovo",
            ],
        ),
    ],
)
def test_countries_stand_in_the_order_of_the_language(language: str, names: list[str]) -> None:
    listed = [name for _, name in country_names(language)]
    assert [name for name in listed if name in names] == names


PRINTED = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)
TYPED = {
    "legal_name": st.text(max_size=80),
    "registration_number": st.text(max_size=30) | st.from_regex(r"[A-Z]{0,3} ?[0-9 .]{1,16}", fullmatch=True),
    "country": st.sampled_from(["DE", "FR", "GB", "CH", "XK", "JP", "US"]),
    "website": st.builds("https://{}".format, st.text(max_size=20) | st.from_regex(r"[a-z0-9.:@-]{1,30}")),
}
NO_END = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@NO_END
@given(typed=st.fixed_dictionaries(TYPED), given_name=st.text(max_size=40), email=st.emails() | st.text())
def test_no_text_is_an_error_of_ours(
    api: ApiClient, typed: dict[str, str], given_name: str, email: str
) -> None:
    body = application(company=typed, contact={"given_name": given_name, "email": email})
    assert api.post("/v1/applications", body).status_code in {202, 422}


@NO_END
@given(legal_name=PRINTED, website=PRINTED, number=PRINTED, email=PRINTED)
def test_the_form_keeps_whatever_was_typed(
    browser: FormBrowser, legal_name: str, website: str, number: str, email: str
) -> None:
    typed = {
        "legal_name": legal_name,
        "website": website,
        "registration_number": number,
        "contact-email": email,
    }
    browser.open("/apply").press({**FILLED, **typed})
    if browser.status == 422:
        kept = browser.page.forms[0].fields
        assert {name: kept[name] for name in typed} == typed
    else:
        assert browser.url == "/check-your-mail"
