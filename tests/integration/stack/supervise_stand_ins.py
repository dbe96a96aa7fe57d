"""Run our supervisor over stand-ins: `supervise_stand_ins.py HOME SPECS.json`."""

import asyncio
import json
import sys
from pathlib import Path

from local_stack.machine.probes import answers_on
from local_stack.processes.process_spec import ProcessSpec
from local_stack.supervisor.state_file import RunFolder
from local_stack.supervisor.supervisor import Supervisor

STAND_IN = Path(__file__).with_name("stand_in.py")


def spec_of(
    home: Path,
    *,
    name: str,
    port: int,
    after: list[str],
    stops_before: list[str],
    arguments: list[str],
    once: bool,
) -> ProcessSpec:
    command = [sys.executable, "-I", "-S", str(STAND_IN), name, str(home / "notes"), "--port", str(port)]
    return ProcessSpec(
        name=name,
        command=lambda: [*command, *arguments],
        is_ready=None if once else answers_on(port),
        after=tuple(after),
        stops_before=tuple(stops_before),
        ports=(port,),
        once=once,
        patience_seconds=1.0,
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    home = Path(sys.argv[1])
    specs = [spec_of(home, **entry) for entry in json.loads(Path(sys.argv[2]).read_text())]
    supervisor = Supervisor(specs, RunFolder(home), home / "logs", say)
    return 0 if asyncio.run(supervisor.run()) else 1


if __name__ == "__main__":
    sys.exit(main())
