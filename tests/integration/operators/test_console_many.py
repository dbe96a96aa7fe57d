"""One act for several partners: a list to confirm, each by itself, each with its line in the log."""

from uuid import uuid4

from tests.integration.operators.busy_day import company
from tests.integration.operators.conftest import CommandLine, ConsoleBrowser, Services


def waiting(services: Services, count: int) -> list[str]:
    made = [
        services.onboarding.in_review(**company(f"Firma {n}", f"HRB 70{n}", f"firma{n}.example"))
        for n in range(count)
    ]
    return [partner for partner, _ in made]


def test_those_chosen_are_approved_each_by_itself(
    console: ConsoleBrowser, services: Services, gangway: CommandLine
) -> None:
    one, two, three = waiting(services, 3)
    twin, _ = services.onboarding.in_review(**company("Zwilling", "HRB 701", "zwilling.example"))
    assert 'name="partner"' in console.shows("/reviews")
    assert console.get("/partners/chosen?act=approve-many").location == "/reviews"
    assert console.get("/partners/chosen?act=reject-many&partner=x").status_code == 404
    asked = console.get(f"/partners/chosen?act=approve-many&partner={one}&partner=x&partner={two}")
    path = f"{asked.location}&partner={twin}&partner={one}"
    page = console.shows(path)
    for name in ("Firma 0 (in review)", "Firma 1 (in review)", "Zwilling (in review)"):
        assert page.count(name) == 1
    assert "Firma 2" not in page
    form = {"reason": "Fair of June.", "tier": "select", "key": str(uuid4())}
    done = console.post(path, **form)
    assert "Done: 2. Not done: 1." in done.text
    again = console.post(path, **form)
    assert "Done: 2. Not done: 1." in again.text, "sent again it does nothing twice"
    assert [services.onboarding.state(each) for each in (one, two, twin, three)] == [
        *("approved", "approved", "in_review", "in_review")
    ]
    acts = gangway.tells("audit", "list", "--action", "approve partner")
    assert sorted(act["target"] for act in acts) == sorted([one, two])
    assert {act["reason"] for act in acts} == {"Fair of June."}


def test_one_that_was_erased_meanwhile_keeps_nobody_from_the_others(
    console: ConsoleBrowser, services: Services
) -> None:
    partner, _ = services.onboarding.in_review(**company("Firma 7", "HRB 707", "firma7.example"))
    gone = uuid4()
    path = f"/partners/approve-many?partner={partner}&partner={gone}"
    page = console.shows(path)
    assert "Firma 7 (in review)" in page
    assert f"{gone}: " in page
    done = console.post(path, reason="Fair of July.", tier="select", key=str(uuid4()))
    assert "Done: 1. Not done: 1." in done.text
    assert services.onboarding.state(partner) == "approved"
    assert console.get(f"/partners/approve-many?partner={gone}").status_code == 404


def test_nobody_is_offboarded_without_a_reason_or_by_a_reviewer(
    console: ConsoleBrowser, services: Services
) -> None:
    partner, _ = services.onboarding.in_review(**company("Firma", "HRB 71", "firma.example"))
    path = f"/partners/offboard-many?partner={partner}"
    assert console.post(path, reason="").status_code == 422
    assert console.get("/partners/offboard-many").status_code == 404
    refused = console.post(path, reason="Left.")
    assert "Done: 0. Not done: 1." in refused.text, "it is no partner yet"
