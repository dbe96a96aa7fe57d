"""One picture: the page in a browser as a WebP file, and the way to it by a mailed link."""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Page

from local_stack.demo.mails import Mailbox

QUALITY = 70
LONGEST = 1600
Addresses = Mapping[str, Any]
Keep = Callable[[Page, str], None]


def keep_window(page: Page, file: Path) -> None:
    """What the window shows, as WebP, which Playwright itself does not write."""
    page.wait_for_load_state()
    _write(page, file, {})


def keep_page(page: Page, file: Path) -> None:
    """The whole page, or as much of a long one as says what it is for."""
    page.wait_for_load_state()
    height = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
    width = page.evaluate("document.documentElement.clientWidth")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    _write(page, file, {"clip": clip, "captureBeyondViewport": True})


def _write(page: Page, file: Path, options: dict[str, Any]) -> None:
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, **options})
    file.write_bytes(base64.b64decode(taken["data"]))
    click.echo(f"{file}: {file.stat().st_size // 1024} KiB")


def open_mailed_link(page: Page, addresses: Addresses, email: str, prefix: str, *, after: int = 0) -> None:
    """Wait for a mail beyond the first ``after``, and open the link in it that begins with the prefix."""
    mailbox = Mailbox(addresses["mailbox"])
    page.goto(mailbox.link_to(email, prefix, after=after, used=lambda _link: False))
    mailbox.close()


def request_link(page: Page, addresses: Addresses, email: str, prefix: str) -> None:
    """Sign in by the form for an address that is open, and the link that it has mailed."""
    mailbox = Mailbox(addresses["mailbox"])
    before = mailbox.count_to(email)
    mailbox.close()
    page.fill("#email", email)
    with page.expect_navigation():
        page.press("#email", "Enter")
    open_mailed_link(page, addresses, email, prefix, after=before)
    page.click("main form button")
