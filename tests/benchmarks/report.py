"""The results as a table for people, and as a file for programs."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from tests.benchmarks.figures import Comparison, Failed, Omitted, Result, Side

_VERDICTS = {True: "met", False: "MISSED", None: ""}


def show(results: Sequence[Result], console: Console) -> None:
    """Print one line for each comparison, then what stands behind it."""
    table = Table(title="Medians, ours beside a baseline of the same run")
    for column in ("what", "ours", "beside", "", "ratio", "goal", ""):
        table.add_column(column, justify="left" if column == "what" else "right")
    for result in results:
        if isinstance(result, Omitted):
            table.add_row(result.what, "not measured", escape(result.reason))
        elif isinstance(result, Failed):
            table.add_row(result.what, "FAILED", escape(result.reason), style="bold red")
        else:
            table.add_row(*_cells(result))
    console.print(table)
    for line in dict.fromkeys(_lines(results)):  # one baseline may stand beside several
        console.print(line, soft_wrap=True)


def _lines(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        if isinstance(result, Comparison):
            for side in (result.ours, result.beside):
                yield f"{result.what}, {side.name}: " + "; ".join(_details(side))


def _cells(result: Comparison) -> tuple[str, ...]:
    sign = "≥" if result.better == "more" else "≤"
    return (
        result.what,
        number(result.ours.figure.median),
        number(result.beside.figure.median),
        result.beside.name,
        f"{result.ratio:.2f}",
        "" if result.goal is None else f"{sign} {result.goal:.2f}",
        _VERDICTS[result.is_met],
    )


def _details(side: Side) -> Iterator[str]:
    yield f"spread {side.figure.spread:.0%}"
    for figure in side.details:
        yield f"{figure.name} {number(figure.median)}"
    for name, mib in side.memory_mib.items():
        yield f"{name} {mib:.0f} MiB"


def number(value: float) -> str:
    """Three digits or more, thousands with commas."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def write_json(results: Sequence[Result], path: Path) -> None:
    """Keep everything that was measured, each repetition by itself."""
    load = os.getloadavg()
    found = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_average_at_the_end": load,
        "results": [as_data(result) for result in results],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n")


def as_data(result: Result) -> dict[str, Any]:
    """One row as plain data."""
    if isinstance(result, Omitted):
        return {"what": result.what, "omitted_because": result.reason}
    if isinstance(result, Failed):
        return {"what": result.what, "failed_because": result.reason}
    return {
        "what": result.what,
        "ratio": result.ratio,
        "goal": result.goal,
        "better": result.better,
        "is_met": result.is_met,
        "ours": _side(result.ours),
        "beside": _side(result.beside),
    }


def _side(side: Side) -> dict[str, Any]:
    figures = [
        {"name": figure.name, "median": figure.median, "values": figure.values}
        for figure in (side.figure, *side.details)
    ]
    return {"name": side.name, "figures": figures, "memory_mib": dict(side.memory_mib)}
