"""Whoever acts on a company by its name means that one and none that folds alike."""

from types import SimpleNamespace
from typing import Any

import pytest

from operator_cli.finding import Unclear, find, find_partner

STREET = {"partner_id": "01900000-0000-7000-8000-000000000001", "legal_name": "Stra\u00dfe GmbH"}
STRASSE = {"partner_id": "01900000-0000-7000-8000-000000000002", "legal_name": "Strasse GmbH"}


def operator(*partners: dict[str, str]) -> Any:
    return SimpleNamespace(all=lambda row, search: iter(partners))


@pytest.mark.parametrize("wanted", ["Stra\u00dfe GmbH", "STRA\u1e9eE gmbh"])
def test_a_name_counts_without_its_case(wanted: str) -> None:
    assert find_partner(operator(STREET, STRASSE), wanted) == STREET["partner_id"]


def test_a_name_that_only_folds_alike_is_another_company() -> None:
    with pytest.raises(Unclear, match="exactly"):
        find_partner(operator(STREET), "Strasse GmbH")


def test_a_list_is_asked_with_the_ids_of_its_own_path_only() -> None:
    """A finding is adopted for a grant, but the list of grants knows nothing of findings."""
    grants = [{"grant_id": STREET["partner_id"]}]
    asked: list[dict[str, Any]] = []

    def listed(row: str, service: str | None, **facts: Any) -> Any:
        asked.append({"row": row, **facts})
        return iter(grants)

    found = find(SimpleNamespace(all=listed), "grant_id", "01900000", finding_id="any")  # type: ignore[arg-type]
    assert (found, asked) == (STREET["partner_id"], [{"row": "GET /v1/grants"}])
