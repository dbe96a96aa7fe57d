"""The pictures of docs/partner-pages.md: a French company applies and names a person, on a phone."""

import time

from playwright.sync_api import Page
from stdnum.luhn import calc_check_digit
from tests.browser.picture_files import Addresses, Keep, open_mailed_link

from operator_client.access import Access
from operator_client.http import OperatorsHttp
from operator_client.operator import Operator

COMPANY = "Capteurs du Rhône SAS"


def applying(page: Page, addresses: Addresses, keep: Keep) -> None:
    """The form, the page of the approved partner, and the question to the person named."""
    unique = f"{int(time.time()) % 10**8:08}"
    siren = f"{unique}{calc_check_digit(unique)}"
    contact, named = (f"{name}@capteurs-{unique}.example" for name in ("chloe", "lea"))
    page.goto(f"{addresses['onboarding']}/apply?lang=en")
    page.select_option("#country", "FR")
    page.fill("#legal_name", COMPANY)
    _go_on(page)
    page.fill("#registration_number", f"{unique}{(int(siren[-1]) + 1) % 10}")
    page.fill("#website", f"www.capteurs-{unique}.example")
    page.select_option("#partner_type", "training_provider")
    _go_on(page)
    keep(page, "form-register")
    page.fill("#registration_number", siren)
    _go_on(page)
    page.check("[name=competences][value=iot]")
    page.check("[name=products_wanted][value=iot]")
    page.fill("#expected_benefits", "Sell the data of our sensors as a service.")
    _go_on(page)
    _name_person(page, "contact", "Chloé", "Martin", contact)
    _go_on(page)
    page.click("[name=add_member]")
    _name_person(page, "member-0", "Léa", "Bernard", named)
    _go_on(page)
    keep(page, "form-check")
    _go_on(page)
    open_mailed_link(page, addresses, contact, f"{addresses['onboarding']}/links/")
    page.click("main form button")
    page.wait_for_url("**/status")
    _approve(addresses, siren)
    page.reload()
    keep(page, "status-approved")
    open_mailed_link(page, addresses, named, f"{addresses['onboarding']}/memberships/")
    keep(page, "question")


def _name_person(page: Page, who: str, given_name: str, family_name: str, email: str) -> None:
    page.fill(f"#{who}-given_name", given_name)
    page.fill(f"#{who}-family_name", family_name)
    page.fill(f"#{who}-email", email)


def _approve(addresses: Addresses, siren: str) -> None:
    """As an operator: no rule knows a training provider."""
    operator = Operator(OperatorsHttp(Access(addresses, addresses["ops_token"])))
    partner = operator.find(siren, COMPANY)
    assert partner is not None
    operator.move(partner["partner_id"], "approval", tier="select", reason="For a picture.")


def _go_on(page: Page) -> None:
    with page.expect_navigation():
        page.click("#application .actions button")
