"""`gangway status`: every process in one table."""

import contextlib

import psutil
from rich.box import SIMPLE_HEAD
from rich.console import JustifyMethod
from rich.table import Table

from local_stack.supervisor.state_file import ProcessRecord, StackState

COLOURS = {"healthy": "green", "done": "dim", "unhealthy": "red", "failed": "red", "backoff": "red"}


def status_table(state: StackState) -> Table:
    """Show which processes run, where, in what state, and with how much memory, children included."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("process", "state", "pid", "ports", "restarts", "MB"):
        to_left = heading in ("process", "state", "ports")
        # Only ports wrap in a narrow terminal: a truncated state would be useless.
        justify: JustifyMethod = "left" if to_left else "right"
        table.add_column(heading, justify=justify, no_wrap=heading != "ports", overflow="fold")
    parts = [_memory_bytes(record) for record in state.processes]
    table.add_row(*_cells(state.supervisor, _own_memory_bytes(state.supervisor.process())))
    for record, memory_bytes in zip(state.processes, parts, strict=True):
        table.add_row(*_cells(record, memory_bytes))
    return table


def _cells(record: ProcessRecord, memory_bytes: int) -> list[str]:
    process = record.process()
    state = record.state if process is not None or record.pid is None else "gone"
    colour = COLOURS.get(state, "yellow")
    return [
        record.name,
        f"[{colour}]{state}[/{colour}]",
        str(record.pid or ""),
        " ".join(map(str, record.ports)),
        str(record.restarts or ""),
        f"{memory_bytes / 1e6:.0f}" if memory_bytes else "",
    ]


def _memory_bytes(record: ProcessRecord) -> int:
    """The memory of a process and its children; shared memory counts once, if the system reports it."""
    process = record.process()
    if process is None:
        return 0
    with contextlib.suppress(psutil.Error):
        return sum(_own_memory_bytes(part) for part in (process, *process.children(recursive=True)))
    return 0


def _own_memory_bytes(process: psutil.Process | None) -> int:
    if process is not None:
        with contextlib.suppress(psutil.Error):
            memory = process.memory_full_info()
            return int(getattr(memory, "pss", memory.rss))
    return 0
