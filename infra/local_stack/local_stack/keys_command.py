"""`gangway keys FOLDER`: the secrets as files, for stacks not started by `gangway up`."""

import json
from pathlib import Path
from urllib.parse import quote

import click

from local_stack.keys import Keys, keep_keys
from local_stack.port_plan import EVERY_SERVICE
from operator_cli.private_files import write_private

AWS_CREDENTIALS = "[default]\naws_access_key_id = local\naws_secret_access_key = local\n"
# Readers of a file are in its group, because PostgreSQL runs as another user than this command.
FOR_THE_GROUP, FOR_ALL, FOR_THE_OWNER = 0o440, 0o444, 0o400


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--database-host", default="postgres:5432", show_default=True, help="Where PostgreSQL will be.")
@click.option(
    "--url",
    "urls",
    type=(str, str),
    multiple=True,
    metavar="NAME URL",
    help="An address for operators and the demo (onboarding, aws, mailbox, …). May be repeated.",
)
def keys(folder: Path, database_host: str, urls: tuple[tuple[str, str], ...]) -> None:
    """Draw keys, passwords and an operator's token once; each reader gets a folder below FOLDER with its own.

    What was drawn is kept in FOLDER/operator/keys.json; all other files are rewritten each time.
    """
    operator = folder / "operator"
    try:
        drawn = keep_keys(operator)
    except ValueError as error:
        raise click.ClickException(
            f"{operator / 'keys.json'} is damaged ({error}): bring back a copy."
        ) from error
    for name, content in _files(drawn, database_host).items():
        write_private(folder / name, content, FOR_ALL if name.startswith("public/") else FOR_THE_GROUP)
    addresses = {**dict(urls), "ops_token": drawn.ops_token, "scim_token": drawn.scim_token}
    write_private(operator / "addresses.json", json.dumps(addresses, indent=2), FOR_THE_OWNER)
    write_private(operator / "ops_token", drawn.ops_token, FOR_THE_OWNER)
    click.echo(f"keys and passwords are in {folder}; the operator's token: {operator / 'ops_token'}")


def _files(drawn: Keys, database_host: str) -> dict[str, str]:
    passwords = {service: drawn.role_password(service) for service in EVERY_SERVICE}
    return {
        "public/session_public_key": drawn.session_public,
        "public/link_public_key": drawn.link_public,
        "public/ops_token_public_key": drawn.ops_public,
        "onboarding/session_private_key": drawn.session_private,
        "notifications/link_private_key": drawn.link_private,
        "integrations/session_private_key": drawn.portal_session_private,
        "integrations/session_public_key": drawn.portal_session_public,
        "integrations/webhook_secret_keys": drawn.webhook_secret_key,
        "console/session_keys": drawn.console_session_key,
        "provisioning/scim_token": drawn.scim_token,
        "provisioning/aws_credentials": AWS_CREDENTIALS,
        "directory/scim_token": drawn.scim_token,
        "postgres/superuser_password": drawn.database_password,
        **{f"postgres/{service}_password": password for service, password in passwords.items()},
        **{
            f"{service}/database_url": f"postgresql://{service}:{quote(password)}@{database_host}/{service}"
            for service, password in passwords.items()
        },
    }
