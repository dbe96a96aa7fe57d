"""The `gangway` command."""

import click

from gangway.outside.commands import run


@click.group()
@click.version_option(package_name="gangway")
def main() -> None:
    """Gangway's local stack and tools."""


main.add_command(run)
