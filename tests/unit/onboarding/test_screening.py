"""What screening finds, and when a rule decides."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from tests.unit.onboarding.companies import policies, profile

from onboarding.domain.application import registration_key
from onboarding.domain.screening import Duplicate, screen
from onboarding.domain.vocabulary import Competence, PartnerType


def found(
    domain: str = "firm.example", member_count: int = 1, duplicates: Any = (), **changes: Any
) -> set[str]:
    ours = policies()
    outcome = screen(profile(**changes), member_count, domain, ours.rules, ours.blocklist, duplicates)
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
        (
            {"duplicates": [Duplicate(uuid4(), "Twin", "registration_number")]},
            "duplicate_registration_number",
        ),
        ({"duplicates": [Duplicate(uuid4(), "Twin", "mail_domain")]}, "duplicate_mail_domain"),
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


@pytest.mark.parametrize("number", ["HRB 12345", "hrb12345", "HRB-12.345", "\uff28\uff32\uff22\u300012345"])
def test_spellings_of_one_registration_number(number: str) -> None:
    assert registration_key(number) == "hrb12345"
