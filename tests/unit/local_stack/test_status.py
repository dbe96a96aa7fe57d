"""`gangway status` on a narrow terminal."""

import os
from io import StringIO

import psutil
from rich.console import Console

from local_stack.machine.running import started_at
from local_stack.supervisor.state_file import ProcessRecord, StackState
from local_stack.supervisor.status import status_table


def test_nothing_is_cut_off_at_eighty_columns() -> None:
    pid, began = os.getpid(), started_at(psutil.Process())
    names = ("provisioning-consumer", "notifications-consumer", "kafka-1")
    ports = (28008, 28011, 28017, 28018, 28019)
    records = [ProcessRecord(name, "unhealthy", pid, began, ports, 117, None) for name in names]
    screen = StringIO()
    console = Console(width=80, file=screen)
    console.print(status_table(StackState(records[0], tuple(records))))
    shown = screen.getvalue()
    assert "…" not in shown
    assert all(shown.count(str(word)) == 4 for word in ("unhealthy", *ports)), shown
    assert max(map(len, shown.splitlines())) <= 80
