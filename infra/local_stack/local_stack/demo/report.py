"""The demo's report: a table of partners, and what is missing outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass
class Outcome:
    """The final state of one candidate as operators see it, and what is wrong with it."""

    name: str
    state: str
    grants: list[dict[str, Any]] = field(default_factory=list)
    invitations: list[dict[str, Any]] = field(default_factory=list)
    seconds_to_active: float | None = None
    was_known: bool = False
    faults: list[str] = field(default_factory=list)


def seconds_to_active(timeline: list[dict[str, Any]]) -> float | None:
    """From the application to the first activation, by the timeline; None if never active."""
    when: dict[str, datetime] = {}
    for entry in timeline:
        name = entry["code"].rpartition("partner.")[2]
        when.setdefault(name, datetime.fromisoformat(entry["occurred_at"]))
    if "applied" in when and "activated" in when:
        return (when["activated"] - when["applied"]).total_seconds()
    return None


def show(outcomes: list[Outcome], console: Console) -> None:
    """Print the table, the times, and every fault."""
    table = Table(title="Partners", show_lines=True)
    table.add_column("Partner", max_width=24, overflow="fold")
    table.add_column("State", max_width=12)
    table.add_column("Products with their real identifiers", overflow="fold", min_width=50)
    table.add_column("Invitations", max_width=11)
    table.add_column("Applied to active", justify="right", max_width=10)
    for outcome in outcomes:
        table.add_row(
            Text(outcome.name),
            Text(outcome.state + (" (earlier run)" if outcome.was_known else "")),
            Text("\n".join(map(_product, outcome.grants)) or "none"),
            Text(_invitations(outcome.invitations)),
            "" if outcome.seconds_to_active is None else f"{outcome.seconds_to_active:.1f} s",
        )
    console.print(table)
    times = [outcome.seconds_to_active for outcome in outcomes if outcome.seconds_to_active is not None]
    if times:
        console.print(f"From application to active: median {median(times):.1f} s, longest {max(times):.1f} s")
    for outcome in outcomes:
        for fault in outcome.faults:
            console.print(Text(f"MISSING  {outcome.name}: {fault}", style="red"))


def _product(grant: Mapping[str, Any]) -> str:
    cause = f" because {grant['cause']['message']}" if grant["cause"] else ""
    facts = [f"\n  {name} {value}" for name, value in sorted(grant["identifiers"].items())]
    return f"{grant['product']} {grant['state']}{cause}{''.join(facts)}"


def _invitations(invitations: list[dict[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for invitation in invitations:
        counts[invitation["state"]] = counts.get(invitation["state"], 0) + 1
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "none"
