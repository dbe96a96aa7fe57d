"""`samples`: sample events as files."""

from pathlib import Path

import click

from consumer_kit.sample_events import PREFIX, sample_events
from consumer_kit.webhooks import structured

prefix_option = click.option(
    "--prefix", envvar="EVENT_TYPE_PREFIX", default=PREFIX, show_default=True, help="Prefix of the types."
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@prefix_option
def samples(folder: Path, prefix: str) -> None:
    """Write an event of every type, version and case into DIR, as CloudEvents in JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for event in sample_events(type_prefix=prefix):
        case = f".{event.case}" if event.case else ""
        (folder / f"{event.key}{case}.json").write_bytes(structured(event) + b"\n")
        written += 1
    click.echo(f"wrote {written} events into {folder}", err=True)
