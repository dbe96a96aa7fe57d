"""Operators' database-level commands of every service; `chassis.cli` adds them to its group.

Each command takes the `Runner` as its object: ``@click.pass_obj def command(runner: Runner)``.
"""

import click

COMMANDS: tuple[click.Command, ...] = ()
