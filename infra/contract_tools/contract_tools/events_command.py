"""`gangway events …`: documents made from the contracts, the gate, and events as they pass."""

import json
from pathlib import Path

import click

from chassis.messaging.published_schemas import published_schemas
from consumer_kit.replay_command import replay_samples
from consumer_kit.samples_command import samples
from contract_tools.asyncapi import asyncapi_document
from contract_tools.catalogue import catalogue_page
from contract_tools.command_options import folder_option, load, load_sound, prefix_option
from contract_tools.compatibility import breaks
from contract_tools.flow import flow_diagram
from contract_tools.releasing import release_all
from contract_tools.rules import broken_rules, services_beside, unknown_services
from contract_tools.tail_command import tail
from contract_tools.webhook_document import webhook_document

_output_option = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; standard output unless given.",
)


@click.group()
def events() -> None:
    """The events: what there is, what may change, what passes."""


@events.command()
@folder_option
def check(folder: Path) -> None:
    """Check that the contracts keep all rules. Exits with 1 if not."""
    contracts = load(folder)
    problems = broken_rules(contracts)
    if services := services_beside(folder):
        problems += unknown_services(contracts, services)
    _finish(problems, f"{len(contracts.events)} events on {len(contracts.topics)} topics keep all rules.")


@events.command("check-compatibility")
@folder_option
def check_compatibility(folder: Path) -> None:
    """Compare with what is released. Exits with 1 and names path and reason of each breaking change."""
    contracts = load(folder)
    if unreleased := sorted(contracts.events.keys() - contracts.releases.keys()):
        click.echo(f"not released yet, free to change: {', '.join(unreleased)}", err=True)
    _finish([str(one) for one in breaks(contracts)], f"{len(contracts.releases)} released events still hold.")


@events.command()
@folder_option
def release(folder: Path) -> None:
    """Promise the contracts as they are to all readers, in contracts/released/."""
    contracts = load(folder)
    if problems := [*broken_rules(contracts), *(str(one) for one in breaks(contracts))]:
        _finish(problems, "")
    changed = release_all(contracts, folder)
    click.echo(f"released: {', '.join(changed)}" if changed else "nothing new to release")


@events.command()
@folder_option
@click.option("--base-url", required=True, help="Where the folder will be served: EVENT_SCHEMAS_URL.")
@click.option("--output", "-o", required=True, type=click.Path(path_type=Path, file_okay=False))
def schemas(folder: Path, base_url: str, output: Path) -> None:
    """Write both JSON Schemas of every event, the producer's and the readers', to be served as files."""
    load_sound(folder)
    for name, document in published_schemas(folder, base_url.rstrip("/")):
        _write(json.dumps(document, indent=2, ensure_ascii=False) + "\n", output / name)


@events.command()
@folder_option
@prefix_option
@_output_option
@click.option("--server", help="Broker (host:port) to name in the document.")
def asyncapi(folder: Path, prefix: str, output: Path | None, server: str | None) -> None:
    """Write the AsyncAPI 3.0 document of Kafka and webhooks, as JSON."""
    document = asyncapi_document(load_sound(folder), type_prefix=prefix, server=server)
    _write(json.dumps(document, indent=2, ensure_ascii=False) + "\n", output)


@events.command()
@folder_option
@prefix_option
@_output_option
def openapi(folder: Path, prefix: str, output: Path | None) -> None:
    """Write what webhooks bring as an OpenAPI 3.1 document, as JSON."""
    document = webhook_document(load_sound(folder), type_prefix=prefix)
    _write(json.dumps(document, indent=2, ensure_ascii=False) + "\n", output)


@events.command()
@folder_option
@prefix_option
@_output_option
def catalogue(folder: Path, prefix: str, output: Path | None) -> None:
    """Write the event catalogue, one HTML page that needs nothing else."""
    _write(catalogue_page(load_sound(folder), type_prefix=prefix), output)


@events.command()
@folder_option
@_output_option
def flow(folder: Path, output: Path | None) -> None:
    """Write who sends what to whom, as a Mermaid flowchart."""
    _write(flow_diagram(load_sound(folder)), output)


for command in (tail, samples, replay_samples):
    events.add_command(command)


def _finish(problems: list[str], praise: str) -> None:
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(praise)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    click.echo(f"wrote {output}", err=True)
