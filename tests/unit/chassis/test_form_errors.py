"""Whoever listens to a form hears what is wrong with each field: WCAG 2.2, 3.3.1 and 1.3.1."""

import re
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[3] / "services"
# A field, or what a macro writes into one.
PART = re.compile(
    r"<(?:input|textarea|select)\b.*?>(?=\s|</|\{%-? (?:end|set)|$)|macro described.*?endmacro", re.DOTALL
)
TEMPLATES = {
    str(path.relative_to(SERVICES)): path.read_text()
    for path in sorted(SERVICES.rglob("templates/*.html"))
    if "aria-invalid" in path.read_text()
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_wrong_field_is_described_by_what_is_wrong(name: str) -> None:
    wrong = [part for part in PART.findall(TEMPLATES[name]) if "aria-invalid" in part]
    assert wrong
    assert all(re.search(r'aria-describedby="[^>]*-error', part) for part in wrong), wrong


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_wrong_takes_the_focus(name: str) -> None:
    assert "autofocus" in TEMPLATES[name]
