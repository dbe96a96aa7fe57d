"""Which stack the demo runs against: one given by options, or the local one."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from local_stack.port_plan import SERVICES
from operator_cli.access import TOKEN_VARIABLE
from operator_cli.private_files import read_json

NEEDED = (*SERVICES, "mailbox", "ops_token")
OPTIONAL = ("aws", "scim")

_HOW = {
    **{name: f"--{name}-url" for name in (*SERVICES, "mailbox", *OPTIONAL)},
    "ops_token": f"--token-file or {TOKEN_VARIABLE}",
    "scim_token": "--scim-token-file",
}


def stack_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that point at a running stack."""
    file = click.Path(path_type=Path, dir_okay=False)
    options = [
        click.option("--addresses", type=file, help="A running stack's addresses.json; starts nothing."),
        *(
            click.option(f"--{name}-url", help=f"Where {name} of a running stack is.")
            for name in (*SERVICES, "mailbox", *OPTIONAL)
        ),
        click.option("--token-file", type=file, help=f"The operator's token (or {TOKEN_VARIABLE})."),
        click.option("--scim-token-file", type=file, help="The directory's token."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def pointed_at(given: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """The addresses and tokens of the stack given by options; None without such options.

    Tokens of an addresses file are sent to the addresses of that file only. Raises click.ClickException
    naming everything that is missing.
    """
    file = given["addresses"]
    urls = {name: given[f"{name}_url"] for name in _HOW if given.get(f"{name}_url") is not None}
    if file is None and not urls:
        return None
    found = _read_addresses(file) if file else {}
    if urls.keys() & set(SERVICES):
        found.pop("ops_token", None)
    if "scim" in urls:
        found.pop("scim_token", None)
    found |= urls
    if token := _text_of(given["token_file"]) or environ.get(TOKEN_VARIABLE):
        found["ops_token"] = token
    if token := _text_of(given["scim_token_file"]):
        found["scim_token"] = token
    needed = [*NEEDED, *(["scim_token"] if "scim" in found else [])]
    if missing := [f"{name} ({_HOW[name]})" for name in needed if not found.get(name)]:
        raise click.ClickException(f"The demo needs to know of the running stack: {', '.join(missing)}.")
    return {name: found[name].rstrip("/") if name in _HOW else found[name] for name in found}


def _read_addresses(file: Path) -> dict[str, str]:
    try:
        found = read_json(file)
    except ValueError as error:
        raise click.ClickException(f"{file} is not JSON: {error}") from error
    if found is None:
        raise click.ClickException(f"{file}: there is no such file.")
    if not isinstance(found, dict) or not all(isinstance(found.get(name, ""), str) for name in _HOW):
        raise click.ClickException(f"{file} must hold one JSON object of texts.")
    return {name: found[name] for name in _HOW if name in found}


def _text_of(file: Path | None) -> str | None:
    if file is None:
        return None
    text = file.read_text(encoding="utf-8").strip()
    if not text:
        raise click.ClickException(f"{file} is empty.")
    return text
