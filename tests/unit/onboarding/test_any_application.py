"""Whatever is typed is refused with its field named, or goes all the way: events, rows, search, screening."""

from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from tests.examples import examples
from tests.unit.onboarding.companies import policies
from tests.unit.onboarding.fake_work import FakeWork

from onboarding.adapters.partner_rows import row_of
from onboarding.domain.screening import screen
from onboarding.entrypoints.web.application_schemas import ApplicationSchema, application_from
from onboarding.handlers.apply import apply

NUMBERS = st.text(max_size=30) | st.from_regex(r"[A-Z]{0,3} ?[0-9 .]{1,16}", fullmatch=True)
WEBSITES = st.builds(
    "https://{}{}".format,
    st.text(max_size=20) | st.from_regex(r"[a-z0-9\u05d0-\u05ea.:@-]{1,30}", fullmatch=True),
    st.sampled_from(["", ".example", ".de/", ":99999", ".example:0/\u00e4?#["]),
)


@settings(max_examples=examples(150), deadline=None)
@given(
    legal_name=st.text(min_size=1, max_size=60),
    number=NUMBERS,
    country=st.sampled_from(["AT", "CH", "DE", "FR", "GB", "JP", "PL", "US", "XK"]),
    website=WEBSITES | st.text(),
    given_name=st.text(max_size=60),
    family_name=st.text(max_size=60),
    email=st.emails() | st.builds("{}@{}.example".format, st.text(max_size=30), st.text(max_size=30)),
)
def test_any_application(**typed: str) -> None:
    body: dict[str, Any] = {
        "company": {
            "legal_name": typed["legal_name"],
            "registration_number": typed["number"],
            "country": typed["country"],
            "website": typed["website"],
        },
        "contact": {name: typed[name] for name in ("given_name", "family_name", "email")},
        "partner_type": "reseller",
        "language": "en",
    }
    try:
        command = application_from(ApplicationSchema().load(body))
    except ValidationError:
        return
    ours = policies()
    work = FakeWork(ours)
    partner = work.partners.rows[apply(work, command)]
    row = row_of(partner)
    assert row["registration_key"]
    assert "\x00" not in row["search_text"]
    assert screen(
        partner.profile, 1, partner.contact.mail_domain, ours.rules, ours.blocklist, ours.shared_domains
    )


def test_what_is_taken_is_taken_again_as_it_is() -> None:
    body = {
        "company": {
            "legal_name": "Mu\u0308ller\u200b & S\u00f6hne",
            "registration_number": " HRB 1 ",
            "country": "de",
            "website": "https://B\u00fccher.example:443/\u00e4",
        },
        "contact": {"given_name": f"Jana{uuid4().hex[:3]}", "email": "Jana@B\u00fccher.example"},
        "partner_type": "reseller",
        "language": "en",
    }
    once = ApplicationSchema().load(body)
    assert ApplicationSchema().load(once) == once
