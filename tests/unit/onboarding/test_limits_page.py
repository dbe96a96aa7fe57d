"""The page about limits tells what is shipped."""

from datetime import timedelta
from pathlib import Path

from onboarding.adapters.limits_file import read_limits
from onboarding.domain.limits import Limit, Measure
from onboarding.settings import CONFIG

PAGE = Path("docs/limits.md")


def table() -> str:
    """The limits file as a table in Markdown."""
    limits = read_limits(CONFIG / "limits.yaml")
    head = ["act", *Measure]
    lines = [head, ["---"] * len(head)]
    for act, measures in limits.acts.items():
        lines.append([f"`{act}`", *(told(measures.get(measure)) for measure in Measure)])
    return "\n".join(f"|{'|'.join(f' {cell} ' for cell in line)}|".replace(" --- ", "---") for line in lines)


def told(limit: Limit | None) -> str:
    return f"{limit.at_most} in {limit.period // timedelta(minutes=1)}" if limit else ""


def test_the_page_tells_what_is_shipped() -> None:
    assert table() in PAGE.read_text()
