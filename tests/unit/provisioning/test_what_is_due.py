"""What is due is a function of catalogue, tier, type, competences and wishes, and of nothing else."""

from dataclasses import replace

from tests.unit.provisioning.conftest import entry_for
from tests.unit.provisioning.products import PRODUCTS

from provisioning.domain.catalogue import Catalogue

NOBODY = frozenset[str]()
CRM = replace(entry_for("crm"), only_if_wanted=False)


def due(catalogue: Catalogue, **facts: object) -> list[str]:
    known: dict[str, object] = {
        "tier": "select",
        "partner_type": "reseller",
        "competences": NOBODY,
        "wanted": NOBODY,
    }
    return [entry.product_name for entry in catalogue.due(**{**known, **facts})]  # type: ignore[arg-type]


def test_wishes_decide_only_where_the_entry_says_so() -> None:
    catalogue = Catalogue("1", (CRM, entry_for("iot")), PRODUCTS)
    assert due(catalogue) == ["crm"]
    assert due(catalogue, wanted=frozenset({"iot"})) == ["crm", "iot"]


def test_tier_and_type_have_to_fit() -> None:
    narrow = replace(CRM, tiers=frozenset({"premier"}), partner_types=frozenset({"reseller"}))
    assert due(Catalogue("1", (narrow,), PRODUCTS)) == []
    assert due(Catalogue("1", (narrow,), PRODUCTS), tier="premier") == ["crm"]
    assert due(Catalogue("1", (narrow,), PRODUCTS), tier="premier", partner_type="consultancy") == []


def test_one_of_the_competences_is_enough() -> None:
    entry = replace(CRM, competences=frozenset({"data", "ai"}))
    assert due(Catalogue("1", (entry,), PRODUCTS), competences=frozenset({"ai", "edge"})) == ["crm"]
    assert due(Catalogue("1", (entry,), PRODUCTS), competences=frozenset({"edge"})) == []


def test_the_first_entry_that_fits_gives_the_size() -> None:
    large = replace(CRM, tiers=frozenset({"premier"}), parameters={"size": "large"})
    small = replace(CRM, parameters={"size": "small"})
    catalogue = Catalogue("1", (large, small), PRODUCTS)
    assert [e.parameters["size"] for e in catalogue.due("premier", "reseller", NOBODY, NOBODY)] == ["large"]
    assert [e.parameters["size"] for e in catalogue.due("select", "reseller", NOBODY, NOBODY)] == ["small"]


def test_a_tier_that_nobody_knows_yet_is_due_what_is_for_all() -> None:
    assert due(
        Catalogue("1", (CRM, replace(entry_for("iot"), tiers=frozenset({"premier"}))), PRODUCTS), tier="x"
    ) == ["crm"]
