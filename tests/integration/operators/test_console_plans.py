"""What the files in force would give, tried in the console, and a partner's plan changed there."""

import re
from html import unescape
from uuid import UUID

import pytest
from tests.integration.operators.conftest import ConsoleBrowser, Services

TRIED = "/dry-run?tier=premier&type=system_integrator&competence=cloud&wants=crm&wants=cloud_sandbox"


def test_a_profile_is_tried_with_its_rules_and_versions(console: ConsoleBrowser, services: Services) -> None:
    assert "Catalogue" not in console.shows("/dry-run")
    page = console.shows(TRIED)
    catalogue = services.provisioning.service.settings.catalogue
    assert f"Catalogue {catalogue.version}" in page
    due = catalogue.due(
        "premier", "system_integrator", frozenset({"cloud"}), frozenset({"crm", "cloud_sandbox"})
    )
    assert due
    assert {f"Entry {catalogue.entries.index(entry) + 1}" for entry in due} <= set(
        re.findall(r"Entry \d+", page)
    )
    paths = services.notifications.service.settings.learning_paths
    assert f"file {paths.version}" in page
    assert "<code>partner-basics</code>" in page
    assert "<code>cloud-architecture</code>" in page
    assert "<code>cloud-architecture</code>" not in console.shows(TRIED.replace("premier", "registered"))


@pytest.mark.parametrize("query", ["tier=gold&type=x", "tier=premier", "type[]=1", "wants=" + "x" * 600])
def test_nonsense_is_no_profile(console: ConsoleBrowser, services: Services, query: str) -> None:
    assert "Catalogue" not in console.shows(f"/dry-run?{query}")


def test_a_plan_is_compared_and_changed_and_an_old_preview_is_refused(
    console: ConsoleBrowser, services: Services
) -> None:
    partner, _ = services.onboarding.in_review()
    services.provisioning.plan("crm", "iot", partner_id=UUID(partner))
    with services.provisioning.service.open_work() as work:
        # As if the catalogue had not offered it when the plan was made.
        work.connection.exec_driver_sql(
            "DELETE FROM grant_steps USING grants"
            " WHERE grants.grant_id = grant_steps.grant_id AND product = 'iot'"
        )
        work.connection.exec_driver_sql("DELETE FROM grants WHERE product = 'iot'")
    page = console.shows(f"/partners/{partner}/plan")
    [change] = re.findall(r'href="([^"]+/change)"', page)
    assert "added" in page
    assert console.post(unescape(change), reason="").status_code == 422
    other = re.sub(r"/plan/[^/]+/", "/plan/0123456789abcdef/", change)
    assert console.post(other, reason="An old page.").status_code == 409
    assert console.post(change, reason="A new catalogue.").status_code == 303
    assert "No changes." in console.shows(f"/partners/{partner}/plan")


def test_another_tier_is_previewed_and_given(console: ConsoleBrowser, services: Services) -> None:
    partner, _ = services.onboarding.in_review()
    approval = {"tier": "select", "reason": "known"}
    onboarding = services.onboarding
    assert onboarding.post(f"/v1/partners/{partner}/approval", approval, onboarding.ops()).status_code == 200
    services.provisioning.plan("crm", partner_id=UUID(partner), tier="select")
    page = console.shows(f"/partners/{partner}/plan?tier=premier")
    assert "the tier “Premier” alone would change" in unescape(page)
    assert "scim_group: partners-select → partners-premier" in unescape(page)
    assert "change-plan" not in page
    [change] = re.findall(r'href="([^"]+/change-tier)"', page)
    assert console.post(change, tier="golden", reason="Three certified people.").status_code == 422
    assert console.post(change, tier="premier", reason="Three certified people.").status_code == 303
    assert onboarding.last("partner.tier_changed", partner)["former_tier"] == "select"
    again = console.post(change, tier="premier", reason="Three certified people.")
    assert again.status_code == 409


def test_which_of_several_of_a_product_it_is_stands_beside_it(
    console: ConsoleBrowser, services: Services
) -> None:
    partner, _ = services.onboarding.in_review()
    services.provisioning.plan("crm", partner_id=UUID(partner))
    with services.provisioning.service.open_work() as work:
        work.connection.exec_driver_sql("UPDATE grants SET entry_name = 'lab'")
    for path in (f"/partners/{partner}", "/grants", f"/partners/{partner}/plan"):
        assert "CRM (lab)" in console.shows(path)
