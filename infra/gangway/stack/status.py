"""`gangway status`: every process in one table."""

import contextlib

import psutil
from rich.table import Table

from gangway.stack.state_file import ProcessRecord, StackState

COLOURS = {"healthy": "green", "done": "dim", "unhealthy": "red", "failed": "red", "backoff": "red"}


def status_table(state: StackState) -> Table:
    """Show who runs, where, how well, and how much memory it takes with its children."""
    table = Table(title="Local stack", title_justify="left")
    for heading in ("process", "state", "pid", "ports", "restarts", "last exit", "memory (MB)"):
        table.add_column(heading, justify="left" if heading in ("process", "state", "ports") else "right")
    for record in (state.supervisor, *state.processes):
        table.add_row(*_cells(record))
    return table


def _cells(record: ProcessRecord) -> list[str]:
    process = record.process()
    state = record.state if process is not None or record.pid is None else "gone"
    colour = COLOURS.get(state, "yellow")
    return [
        record.name,
        f"[{colour}]{state}[/{colour}]",
        str(record.pid or ""),
        " ".join(map(str, record.ports)),
        str(record.restarts or ""),
        "" if record.last_exit is None else str(record.last_exit),
        "" if process is None else f"{_resident_bytes(process) / 1e6:.0f}",
    ]


def _resident_bytes(process: psutil.Process) -> int:
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for part in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += part.memory_info().rss
    return total
