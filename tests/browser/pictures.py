"""``python -m tests.browser.pictures``: the pictures of README and docs, from a stack whose demo has run."""

import json
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright
from tests.browser.conftest import PHONE
from tests.browser.phone_pictures import applying
from tests.browser.picture_files import Addresses, Keep, keep_page, keep_window, request_link

from local_stack.demo.mails import MailDidNotCome
from local_stack.demo.partners import read_partners
from local_stack.settings import REPOSITORY, read_stack_settings

FOLDER = REPOSITORY / "docs" / "pictures"
DESK = {"width": 1280, "height": 800}


@click.command()
@click.option(
    "--folder", default=FOLDER, type=click.Path(file_okay=False, path_type=Path), help="Where they go."
)
def main(folder: Path) -> None:
    """Make them anew, in English, as WebP: README's on a desk, those of docs on a phone."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise click.ClickException("This needs a Chromium: install the package chromium.")
    file = read_stack_settings(os.environ).home / "addresses.json"
    if not file.exists():
        raise click.ClickException(f"This needs a running stack, and {file} is not there: `make demo` first.")
    addresses: Addresses = json.loads(file.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for shots, size, write in (
            (console, DESK, keep_window),
            (partial(status, name="status"), DESK, keep_window),
            (portal, DESK, keep_window),
            (applying, PHONE, keep_page),
            (partial(status, name="status-active"), PHONE, keep_page),
        ):
            context = browser.new_context(locale="en", viewport=size)
            try:
                shots(context.new_page(), addresses, partial(_keep, folder, write))
            except MailDidNotCome as error:
                raise click.ClickException(f"{error}; a person gets few links an hour.") from error
            context.close()
        browser.close()


def _keep(folder: Path, write: Callable[[Page, Path], None], page: Page, name: str) -> None:
    write(page, folder / f"{name}.webp")


def console(page: Page, addresses: Addresses, keep: Keep) -> None:
    """What waits, and one partner, as an operator sees them."""
    who = addresses["sign_in"]["operator"]
    page.goto(f"{addresses['console']}/sign-in")
    page.click("main a.button")
    page.fill("[name=username]", who["user"])
    page.fill("[name=password]", who["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{addresses['console']}/")
    keep(page, "console-home")
    page.goto(f"{addresses['console']}/partners?state=active")
    page.click("main tbody a[href*='/partners/']")
    keep(page, "console-partner")


def status(page: Page, addresses: Addresses, keep: Keep, *, name: str) -> None:
    """The status page of a partner that the demo made."""
    partners = read_partners(REPOSITORY / "examples" / "partners.json")
    email = next(one.contact_email for one in partners if one.outcome == "active")
    page.goto(f"{addresses['onboarding']}/new-link")
    request_link(page, addresses, email, f"{addresses['onboarding']}/links/")
    page.wait_for_url("**/status")
    page.goto(f"{addresses['onboarding']}/status?lang=en")
    keep(page, name)


def portal(page: Page, addresses: Addresses, keep: Keep) -> None:
    """The events that a vendor may see."""
    email = addresses["portal_person"]
    page.goto(addresses["portal"])
    request_link(page, addresses, email, f"{addresses['integrations']}/links/")
    page.goto(addresses["integrations"])
    keep(page, "portal")


if __name__ == "__main__":
    main()
