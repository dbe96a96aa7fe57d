"""What holds for each page in a real browser."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import pytest

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_TWICE = """() => [...document.querySelectorAll('[id]')].map(one => one.id)
    .filter((id, at, all) => all.indexOf(id) !== at)"""


def check_looks(page: Any) -> None:
    """Nothing for axe to find, and nothing to scroll to sideways."""
    check_width(page)
    found = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().run(page, options=_RULES)
    assert found.violations_count == 0, found.generate_report()


def check_width(page: Any) -> None:
    """Nothing to scroll to sideways."""
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def check_html(page: Any, text: str) -> None:
    """No parse error of the HTML standard, and no id twice."""
    html5lib = pytest.importorskip("html5lib")
    parser = html5lib.HTMLParser()
    parser.parse(text)
    assert parser.errors == [], parser.errors
    assert page.evaluate(_TWICE) == []


def crawl(
    page: Any,
    starts: Iterable[str],
    shape_of: Callable[[str], str],
    *,
    skips: Callable[[str], bool] = lambda _url: False,
    has_scripts: bool = True,
) -> set[str]:
    """Look at every page that links lead to from these, one of each shape; return the shapes.

    Without scripts axe, which is one, finds nothing out.
    """
    ahead, seen, wrong, alerts = [*starts], set[str](), list[str](), list[str]()
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(ahead[0]))
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    while ahead:
        url = ahead.pop(0).partition("#")[0]
        if not url.startswith(origin) or shape_of(url) in seen or skips(url):
            continue
        answer = page.goto(url)
        assert answer.status == 200, url
        seen |= {shape_of(url), shape_of(page.url)}
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        try:
            if has_scripts:
                check_looks(page)
            check_width(page)
            check_html(page, answer.text())
        except AssertionError as failure:
            wrong.append(f"{url}: {failure}")
        ahead += page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    assert not wrong, "\n".join(wrong)
    assert not alerts
    return seen


def fits_on_screen(page: Any) -> bool:
    """Whether the button that leads on is seen without scrolling."""
    box = page.locator("#application .actions button").bounding_box()
    return bool(box["y"] + box["height"] <= page.viewport_size["height"])
