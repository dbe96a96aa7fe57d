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
    ],
)
def test_one_company_by_its_name(name: str) -> None:
    assert company_shape(name) == company_shape("Acme Robotics GmbH")


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
