"""`gangway tokens create`: an operator's token, signed with the local stack's key."""

import os
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.identity.operators import LONGEST_NAME, is_operators_name
from chassis.identity.ops_tokens import LONGEST_LIFETIME, sign_ops_token
from chassis.identity.roles import ROLES_OF_MACHINES
from chassis.identity.signing_keys import read_private_key, read_public_key
from chassis.settings import SettingsRefused
from local_stack.revoked_tokens import revoke_token, revoked_ids
from local_stack.settings import read_stack_settings
from local_stack.token_log import note_token, tokens_in
from operator_cli.private_files import read_json
from operator_cli.screen import Column, Screen, at

HOURS_MOST = LONGEST_LIFETIME // timedelta(hours=1)


CREATED = "create token"
_COLUMNS: tuple[Column, ...] = (
    ("id", "token_id"),
    ("when", at("at")),
    ("for", "target"),
    ("because", "reason"),
    ("now", "outcome"),
)


_ROLE = "Each may what the ones before may; learning_records only tells what was learned."


@click.group()
def tokens() -> None:
    """Tokens for people and programs that operate the local stack."""


@tokens.command()
@click.option("--name", required=True, help="Whose: it stands beside every act in timelines and logs.")
@click.option("--role", type=click.Choice(ROLES_OF_MACHINES), required=True, help=_ROLE)
@click.option("--hours", type=click.FloatRange(0, HOURS_MOST, min_open=True), default=8.0, show_default=True)
@click.option("--reason", help="What for; `gangway audit list` shows it.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def create(name: str, role: str, hours: float, reason: str | None, is_json: bool) -> None:
    """Print a new token, for GANGWAY_OPS_TOKEN or an Authorization header; that it was made is kept."""
    lifetime = timedelta(hours=hours)
    if not is_operators_name(name.strip()):
        what = f"must have 1 to {LONGEST_NAME} printable characters"
        raise click.BadParameter(what, param_hint="--name")
    token_id = str(uuid4())
    token = sign_ops_token(_private_key(), name.strip(), (role,), lifetime, token_id)
    expires_at = datetime.now(UTC) + lifetime
    outcome = f"valid until {expires_at:%Y-%m-%d %H:%M:%SZ}"
    target, home = f"{role} {name.strip()}", read_stack_settings(os.environ).home
    note_token(home, token_id, action=CREATED, target=target, outcome=outcome, reason=reason)
    if is_json:
        told = {"id": token_id, "name": name.strip(), "role": role, "token": token}
        told |= {"expires_at": expires_at.isoformat()}
        Screen(is_json).json(told)
        return
    click.echo(f"{role} {name.strip()}, until {expires_at:%Y-%m-%d %H:%M:%SZ}", err=True)
    click.echo(token)


@tokens.command("list")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def list_tokens(is_json: bool) -> None:
    """List the tokens that were made here, the newest first; what they say of themselves is shown nowhere."""
    home = read_stack_settings(os.environ).home
    revoked = revoked_ids(home)
    made = tokens_in(home, action=CREATED)
    rows = [
        {**entry, "outcome": "revoked" if entry.get("token_id") in revoked else entry["outcome"]}
        for entry in made
    ]
    Screen(is_json).rows(rows, _COLUMNS, nothing="No token was made.")


@tokens.command()
@click.argument("token_id", type=click.UUID)
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def revoke(token_id: UUID, reason: str, is_json: bool) -> None:
    """Take a token back: no service of this stack accepts it any more, from some seconds on."""
    home, revoked = read_stack_settings(os.environ).home, str(token_id)
    found = next((one for one in tokens_in(home, action=CREATED) if one.get("token_id") == revoked), None)
    if found is None:
        raise click.ClickException("No such token was made here: `gangway tokens list`.")
    note_token(
        home, revoked, action="revoke token", target=str(found["target"]), outcome="done", reason=reason
    )
    revoke_token(home, revoked)
    Screen(is_json).outcome({"id": revoked, "revoked": True}, f"Revoked the token of {found['target']}.")


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
