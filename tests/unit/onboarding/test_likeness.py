"""What makes two companies look like one."""

from uuid import UUID

import pytest

from onboarding.domain.likeness import Duplicate, Trait, company_shape
from onboarding.domain.states import FINAL, State


@pytest.mark.parametrize(
    "name",
    [
        "Acme Robotics",
        "ACME ROBOTICS GMBH",
        "Acme Robotics G.m.b.H.",
        "Acme Robotics, Inc.",
        "Acme Robotics Ltd.",
        "Acme Robotics GmbH & Co. KG",
        "Acme\u00a0Robotics S.A.R.L.",
        "\u0410cme Robotics AG",
        "Acme-Robotics",
        "AcmeRobotics B.V.",
        "Acme R0botics Oy",
        "Acme Robotics \U0001f680",
        "Acrne Robotics",
        "Acme Robotics Gesellschaft mit beschr\u00e4nkter Haftung",
        "Acme Robotics Aktiengesellschaft",
        "Acme Robotics UG (haftungsbeschr\u00e4nkt)",
        "Acme Robotics e.K.",
        "Acme Robotics Ges.m.b.H.",
        "Acme Robotics S.\u00e0 r.l.",
        "UAB Acme Robotics",
        "O\u00dc Acme Robotics",
        "AB Acme Robotics",
        "\u041e\u041e\u041e Acme Robotics",
        "\u682a\u5f0f\u4f1a\u793eAcme Robotics",
        "The Acme Robotics Company",
    ],
)
def test_one_company_by_its_name(name: str) -> None:
    assert company_shape(name) == company_shape("Acme Robotics GmbH")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("M\u00fcller & S\u00f6hne GmbH", "Mueller und Soehne mbH"),
        ("\u00d8rsted A/S", "Oersted"),
        ("Stra\u00dfenbau J\u00e4ger KG", "Strassenbau Jaeger"),
    ],
)
def test_umlauts_and_ampersands_that_are_spelled_out(one: str, other: str) -> None:
    assert company_shape(one) == company_shape(other)


@pytest.mark.parametrize(
    "name", ["Acme Robots GmbH", "Acme", "Acme Robotics 2 GmbH", "GmbH", "\u682a\u5f0f\u4f1a\u793e"]
)
def test_other_companies(name: str) -> None:
    assert company_shape(name)
    assert company_shape(name) != company_shape("Acme Robotics GmbH")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("trait", Trait)
def test_a_finding_tells_who_by_what_and_what_became_of_them(trait: Trait, state: State) -> None:
    finding = Duplicate(UUID(int=7), "Twin AG", trait, state).finding
    kind = "returning" if state in FINAL else "duplicate"
    assert finding.code == f"{kind}_{trait}"
    for word in (str(UUID(int=7)), state.replace("_", " ")):
        assert word in finding.message
    assert "Twin AG" not in finding.message, "it outlasts the other one"
