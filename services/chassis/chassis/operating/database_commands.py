"""Operators' database-level commands of every service; `chassis.cli` adds them to its group.

Each command takes the `Runner` as its object: ``@click.pass_obj def command(runner: Runner)``. What
changes something is noted in the operators' log under the name given by ``--by``.
"""

import click

from chassis.operating.dead_letters import dead_letters
from chassis.operating.events import flood, operators_log, positions, republish_command
from chassis.operating.lanes import lanes
from chassis.operating.records import records
from chassis.operating.topics import topics

COMMANDS: tuple[click.Command, ...] = (
    dead_letters,
    lanes,
    records,
    republish_command,
    flood,
    positions,
    topics,
    operators_log,
)
