"""``python -m tests.browser.pictures``: the pictures of README, from a running stack whose demo has run."""

import base64
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Page, sync_playwright

from local_stack.demo.mails import Mailbox
from local_stack.demo.partners import read_partners
from local_stack.settings import REPOSITORY, read_stack_settings

FOLDER = REPOSITORY / "docs" / "pictures"
WIDTH, HEIGHT, QUALITY = 1280, 800, 70
Addresses = Mapping[str, Any]


@click.command()
@click.option(
    "--folder", default=FOLDER, type=click.Path(file_okay=False, path_type=Path), help="Where they go."
)
def main(folder: Path) -> None:
    """Make them anew; a window of a desk each, in English, as WebP."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    file = read_stack_settings(os.environ).home / "addresses.json"
    if program is None or not file.exists():
        raise click.ClickException("This needs a Chromium and a running stack: `make demo` first.")
    addresses: Addresses = json.loads(file.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for shots in (console, status, portal):
            context = browser.new_context(locale="en", viewport={"width": WIDTH, "height": HEIGHT})
            shots(context.new_page(), addresses, lambda page, name: _keep(page, folder / f"{name}.webp"))
            context.close()
        browser.close()


Keep = Callable[[Page, str], None]


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


def status(page: Page, addresses: Addresses, keep: Keep) -> None:
    """The status page of a partner that the demo made."""
    partners = read_partners(REPOSITORY / "examples" / "partners.json")
    email = next(one.contact_email for one in partners if one.outcome == "active")
    page.goto(f"{addresses['onboarding']}/new-link")
    page.fill("#email", email)
    _open_mailed_link(
        page, addresses, email, f"{addresses['onboarding']}/links/", lambda: page.press("#email", "Enter")
    )
    page.wait_for_url("**/status")
    page.goto(f"{addresses['onboarding']}/status?lang=en")
    keep(page, "status")


def portal(page: Page, addresses: Addresses, keep: Keep) -> None:
    """The events that a vendor may see."""
    email = addresses["portal_person"]
    page.goto(addresses["portal"])
    page.fill("#email", email)
    links = f"{addresses['integrations']}/links/"
    _open_mailed_link(page, addresses, email, links, lambda: page.press("#email", "Enter"))
    page.goto(addresses["integrations"])
    keep(page, "portal")


def _open_mailed_link(
    page: Page, addresses: Addresses, email: str, prefix: str, ask: Callable[[], None]
) -> None:
    mailbox = Mailbox(addresses["mailbox"])
    before = mailbox.count_to(email)
    ask()
    page.goto(mailbox.link_to(email, prefix, after=before, used=lambda _link: False))
    mailbox.close()
    page.click("main form button")


def _keep(page: Page, file: Path) -> None:
    """As WebP, which Playwright itself does not write."""
    page.wait_for_load_state()
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    file.write_bytes(base64.b64decode(taken["data"]))
    click.echo(f"{file}: {file.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
