"""`gangway tokens create`: an operator's token, signed with the local stack's key."""

import os
from datetime import UTC, datetime, timedelta

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.identity.operators import LONGEST_NAME, is_operators_name
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.roles import ROLES
from chassis.identity.signing_keys import read_private_key, read_public_key
from chassis.settings import SettingsRefused
from local_stack.machine.private_files import read_json
from local_stack.settings import read_stack_settings
from local_stack.token_log import note_token
from operator_cli.screen import Screen

HOURS_MOST = 24 * 365


@click.group()
def tokens() -> None:
    """Tokens for people and programs that operate the local stack."""


@tokens.command()
@click.option("--name", required=True, help="Whose: it stands beside every act in timelines and logs.")
@click.option("--role", type=click.Choice(ROLES), required=True, help="operator may act, viewer only look.")
@click.option("--hours", type=click.FloatRange(0, HOURS_MOST, min_open=True), default=8.0, show_default=True)
@click.option("--reason", help="What for; `gangway audit list` shows it.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def create(name: str, role: str, hours: float, reason: str | None, is_json: bool) -> None:
    """Print a new token, for GANGWAY_OPS_TOKEN or an Authorization header; that it was made is kept."""
    lifetime = timedelta(hours=hours)
    if not is_operators_name(name.strip()):
        what = f"must have 1 to {LONGEST_NAME} printable characters"
        raise click.BadParameter(what, param_hint="--name")
    token = sign_ops_token(_private_key(), name.strip(), (role,), lifetime)
    expires_at = datetime.now(UTC) + lifetime
    note_token(read_stack_settings(os.environ).home, name.strip(), role, expires_at, reason)
    if is_json:
        told = {"name": name.strip(), "role": role, "token": token, "expires_at": expires_at.isoformat()}
        Screen(is_json).json(told)
        return
    click.echo(f"{role} {name.strip()}, until {expires_at:%Y-%m-%d %H:%M:%SZ}", err=True)
    click.echo(token)


def _private_key() -> Ed25519PrivateKey:
    try:
        kept = read_json(read_stack_settings(os.environ).home / "keys.json")
        if kept is None:
            raise click.ClickException("The local stack has no keys yet: `gangway up` draws them.")
        key = read_private_key(str(kept["ops_private"]))
        fits = key.public_key() == read_public_key(str(kept["ops_public"]))
    except (SettingsRefused, OSError, ValueError, KeyError) as error:
        raise click.ClickException(f"The local stack's keys cannot be read: {error}") from error
    if not fits:
        raise click.ClickException("ops_private and ops_public of keys.json are not one pair.")
    return key
