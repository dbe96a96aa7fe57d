"""`gangway keys FOLDER`: the secrets as files, for stacks that are not started by `gangway up`."""

import os
from pathlib import Path

import click

from gangway.stack.keys import Keys, keep_keys
from gangway.stack.port_plan import SERVICES


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def keys(folder: Path) -> None:
    """Draw keys, passwords and an operator's token into FOLDER, once; each service gets only its own."""
    drawn = keep_keys(folder)
    for name, content in _files(drawn).items():
        path = folder / "keys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(content)
    for part in (*SERVICES, "public"):
        (folder / "keys" / part).mkdir(exist_ok=True)
    for stand_in in ("aws", "scim", "mail"):
        (folder / "data" / stand_in).mkdir(parents=True, exist_ok=True)
    click.echo(f"keys and passwords are in {folder}; the operator's token: {folder}/keys/operator/ops_token")


def _files(drawn: Keys) -> dict[str, str]:
    environment = {
        "DATABASE_PASSWORD": drawn.database_password,
        "SCIM_TOKEN": drawn.scim_token,
        "KEYS_UID": os.getuid(),
        "KEYS_GID": os.getgid(),
    }
    return {
        "public/session_public_key": drawn.session_public,
        "public/link_public_key": drawn.link_public,
        "public/ops_token_public_key": drawn.ops_public,
        "onboarding/session_private_key": drawn.session_private,
        "notifications/link_private_key": drawn.link_private,
        "operator/ops_token": drawn.ops_token,
        "../env": "".join(f"{name}={value}\n" for name, value in environment.items()),
    }
