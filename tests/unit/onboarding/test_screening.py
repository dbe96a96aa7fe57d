"""What screening finds, and when a rule decides."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.onboarding.companies import policies, profile

from onboarding.domain.finding import MOST_FINDINGS, Finding
from onboarding.domain.screening import screen
from onboarding.domain.vocabulary import Competence, PartnerType


def found(domain: str = "mueller-soehne.example", member_count: int = 1, **changes: Any) -> set[str]:
    ours = policies()
    outcome = screen(
        profile(**changes), member_count, domain, ours.rules, ours.blocklist, ours.shared_domains
    )
    assert (outcome.rule is None) == bool(outcome.findings)
    return {finding.code for finding in outcome.findings}


def test_nothing_is_found_and_the_rule_decides() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expected_benefits": ""}, "missing_data"),
        ({"registration_number": "banana"}, "odd_registration_number"),
        ({"legal_name": "Very SHADY Holdings"}, "blocked_name"),
        ({"registration_number": "hrb 666"}, "blocked_registration"),
        ({"domain": "throwaway.example"}, "blocked_mail_domain"),
        ({"country": "KP"}, "blocked_country"),
        ({"country": "FR"}, "no_rule"),
        ({"partner_type": PartnerType.RESELLER}, "no_rule"),
        ({"member_count": 6}, "no_rule"),
        ({"domain": "freemail.example"}, "free_mail_domain"),
        ({"website": ""}, "no_website"),
        ({"legal_name": "Your account is locked call +49 170 1234567"}, "name_leads_somewhere"),
    ],
)
def test_each_reason_for_a_person_to_look(changes: dict[str, Any], code: str) -> None:
    assert code in found(**changes)


@pytest.mark.parametrize(
    ("any_of", "all_of", "matches"),
    [
        ((), (), True),
        ((Competence.IOT, Competence.AI), (), True),
        ((Competence.AI,), (), False),
        ((), (Competence.IOT, Competence.EDGE), True),
        ((), (Competence.IOT, Competence.AI), False),
    ],
)
def test_competences_of_a_rule(
    any_of: tuple[Competence, ...], all_of: tuple[Competence, ...], matches: bool
) -> None:
    rule = replace(
        policies().rules.approval[0],
        competences_any_of=frozenset(any_of),
        competences_all_of=frozenset(all_of),
    )
    assert rule.matches(profile(), 1) is matches


@pytest.mark.parametrize(
    "name",
    [
        "Grey\u00a0Mirror",
        "GREY  MIRROR Ltd",
        "The Gr\u200bey Mirror",
        "Gr\u0435y Mirr\u043er GmbH",
        "\uff27\uff52\uff45\uff59 \uff2d\uff49\uff52\uff52\uff4f\uff52",
        "Grey-Mirror",
        "Grey M1rror",
        "Sh\u0430dy",
        "S\u00adhady",
        "\uff33hady Ltd",
    ],
)
def test_a_blocked_name_however_it_is_written(name: str) -> None:
    assert found(legal_name=name) == {"blocked_name"}


@pytest.mark.parametrize("name", ["Greymirror", "Grey Mirrors", "Mirror Grey", "Agrey Mirror"])
def test_other_names_are_not_blocked(name: str) -> None:
    assert found(legal_name=name) == set()


@pytest.mark.parametrize("domain", ["throwaway.example", "mail.throwaway.example", "a.b.throwaway.example"])
def test_all_of_a_blocked_domain(domain: str) -> None:
    assert found(domain=domain) == {"blocked_mail_domain", "other_mail_domain"}
    assert found(website=f"https://{domain}:8443/x") == {"blocked_website", "other_mail_domain"}


@pytest.mark.parametrize(
    ("number", "is_blocked"),
    [
        ("Amtsgericht M\u00fcnchen HRB 666", True),
        ("HRB 00666", True),
        ("HR\u0412 666", True),
        ("HRB 6661", False),
        ("HRA 666", False),
        ("HRB 667", True),
        ("HRB 667, Amtsgericht Koeln", True),
        ("HRB 667 Bonn", False),
    ],
)
def test_a_blocked_number_of_one_court_or_of_any(number: str, is_blocked: bool) -> None:
    assert found(registration_number=number) == ({"blocked_registration"} if is_blocked else set())


@pytest.mark.parametrize(("number", "is_odd"), [("1234567", False), (" 1234567", False), ("123", True)])
def test_a_pattern_of_the_rules_sees_both_forms(number: str, is_odd: bool) -> None:
    assert ("odd_registration_number" in found(country="US", registration_number=number)) is is_odd


def test_more_findings_than_an_event_takes_are_counted() -> None:
    ours = policies()
    outcome = screen(profile(), 1, "mueller-soehne.example", ours.rules, ours.blocklist, ours.shared_domains)
    assert len(outcome.with_more([Finding("x", "y")] * MOST_FINDINGS).findings) == MOST_FINDINGS
    many = outcome.with_more([Finding("x", "y")] * 80)
    assert len(many.findings) == MOST_FINDINGS
    assert many.findings[-1] == Finding("more_findings", "There are 80 findings in all.")
    assert many.rule is None
