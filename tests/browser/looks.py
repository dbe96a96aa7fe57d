"""What holds for each page in a real browser."""

from typing import Any

import pytest

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def check_looks(page: Any) -> None:
    """Nothing for axe to find, and nothing to scroll to sideways."""
    found = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().run(page, options=_RULES)
    assert found.violations_count == 0, found.generate_report()
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def fits_on_screen(page: Any) -> bool:
    """Whether the button that leads on is seen without scrolling."""
    box = page.locator("#application .actions button").bounding_box()
    return bool(box["y"] + box["height"] <= page.viewport_size["height"])
