"""`gangway run …`: the stand-ins for the systems outside, each as a process of its own."""

from pathlib import Path
from typing import TextIO

import click

from operator_cli.private_files import keep_to_ourselves

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port_option = click.option("--port", type=int, required=True, help="Port to listen on.")
folder_option = click.option(
    "--data", "folder", type=click.Path(path_type=Path), required=True, help="Folder to keep data in."
)


@click.group()
def run() -> None:
    """Run one stand-in in the foreground."""
    keep_to_ourselves()


@run.command()
@host_option
@port_option
@folder_option
def aws(host: str, port: int, folder: Path) -> None:
    """AWS, by moto."""
    from local_stack.stand_ins.aws import serve_aws  # noqa: PLC0415 (slow to import, and only needed here)

    serve_aws(host, port, folder, click.echo)


@run.command()
@host_option
@port_option
@folder_option
@click.option("--token", envvar="SCIM_TOKEN", help="The bearer token (SCIM_TOKEN).")
@click.option("--token-file", type=click.File(encoding="utf-8"), help="A file with the bearer token.")
def scim(host: str, port: int, folder: Path, token: str | None, token_file: TextIO | None) -> None:
    """A SCIM 2.0 directory, under /v2."""
    token = token_file.read().strip() if token_file else token
    if not token:
        raise click.UsageError("A bearer token is needed: --token-file or SCIM_TOKEN.")
    from local_stack.stand_ins.scim import serve_scim  # noqa: PLC0415

    serve_scim(host, port, folder, token)


@run.command()
@host_option
@port_option
@folder_option
@click.option("--console-url", required=True, help="Where people may be sent back to.")
@click.option(
    "--secret", envvar="ISSUER_SECRET", required=True, help="Passwords follow from it (ISSUER_SECRET)."
)
def issuer(host: str, port: int, folder: Path, console_url: str, secret: str) -> None:
    """An OpenID provider with one person per role."""
    from local_stack.stand_ins.issuer.clients import clients_of  # noqa: PLC0415
    from local_stack.stand_ins.issuer.people import people_of  # noqa: PLC0415
    from local_stack.stand_ins.issuer.provider import serve_issuer  # noqa: PLC0415

    serve_issuer(host, port, folder, people_of(secret), clients_of(console_url))


@run.command()
@host_option
@port_option
@click.option(
    "--lead",
    "origins",
    type=(str, str),
    multiple=True,
    required=True,
    help="A prefix of paths, and the address it leads to; the empty one is all the rest.",
)
def site(host: str, port: int, origins: tuple[tuple[str, str], ...]) -> None:
    """One address for the pages of all services."""
    from local_stack.stand_ins.site import serve_site  # noqa: PLC0415

    if "" not in dict(origins):
        raise click.UsageError("A --lead with the empty prefix is needed.")
    serve_site(host, port, dict(origins))


@run.command()
@host_option
@click.option("--smtp-port", type=int, required=True, help="Port that takes mails.")
@click.option("--http-port", type=int, required=True, help="Port that shows them.")
@folder_option
def mail(host: str, smtp_port: int, http_port: int, folder: Path) -> None:
    """A mail server that delivers nothing and shows everything."""
    from local_stack.stand_ins.mail import serve_mail  # noqa: PLC0415

    serve_mail(host, smtp_port, http_port, folder)
