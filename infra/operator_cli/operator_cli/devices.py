"""`gangway devices …`: the devices of a grant beside its first one, and their keys."""

from collections.abc import Callable

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.finding import find_id
from operator_cli.screen import Column, at
from operator_client.devices import Devices
from operator_client.operator import Facts

_LINE: tuple[Column, ...] = (
    ("id", "device_id"),
    ("name", "name"),
    ("state", "state"),
    ("outside", "thing_name"),
    ("added", at("added_at")),
    ("key waits", "collectable"),
    ("key collected", at("collected_at")),
    ("older key stays", "older_key_stays"),
    ("cause", lambda device: device["cause"]["message"] if device["cause"] else ""),
)
_CLAIM: tuple[Column, ...] = (
    ("id", "claim_id"),
    ("name", "name_prefix"),
    ("state", "state"),
    ("used", "used"),
    ("places", "places"),
    ("made", at("created_at")),
    ("by", "created_by"),
    ("until", at("expires_at")),
)


@click.group()
def devices() -> None:
    """Devices of a grant beside its first one: add, remove, replace keys.

    GRANT and DEVICE are ids or the beginning of one. The first device is the grant's: `gangway grants`.
    """


@devices.command("list")
@click.argument("grant")
@with_context
def list_devices(context: CommandContext, *, grant: str) -> None:
    """List them, with what each waits for."""
    context.screen.rows(_asked(context).of_grant(_grant(context, grant))["devices"], _LINE)


@devices.command("add")
@click.argument("grant")
@click.option("--name", required=True, help="What the partner calls it.")
@reason_option
@with_context
def add(context: CommandContext, *, grant: str, name: str, reason: str) -> None:
    """Add one, whose key the partner collects."""
    device = _asked(context).add(_grant(context, grant), name, reason)
    context.screen.outcome(device, f"Device {device['device_id']} is being made.")


def _act(name: str, act: Callable[[Devices, str, str, str], Facts], told: str, words: str) -> None:
    """Add a command that does one thing to one device."""

    @devices.command(name, help=words)
    @click.argument("grant")
    @click.argument("device")
    @reason_option
    @with_context
    def command(context: CommandContext, *, grant: str, device: str, reason: str) -> None:
        asked, grant_id = _asked(context), _grant(context, grant)
        device_id = find_id(device, asked.of_grant(grant_id)["devices"], "device_id")
        after = act(asked, grant_id, device_id, reason)
        context.screen.outcome(after, f"Device {device_id}: {told}")


_act("remove", Devices.remove, "it is being removed.", "Take it away, its certificate first.")
_act(
    "rotate-key",
    Devices.rotate_key,
    "another key is being made.",
    "Have another key made; the one in use is good until `end-older-keys`.",
)
_act(
    "end-older-keys",
    Devices.end_older_keys,
    "only the newest key stays good.",
    "End the older key, once the newest is in use.",
)
_act(
    "revoke-key",
    Devices.revoke_key,
    "its keys end, and another one is being made.",
    "End every key that was handed out, at once, and have another one made.",
)


@devices.command("claims")
@click.argument("grant")
@with_context
def list_claims(context: CommandContext, *, grant: str) -> None:
    """List the claims by which devices join a grant by themselves."""
    context.screen.rows(_asked(context).claims(_grant(context, grant)), _CLAIM)


@devices.command("claim")
@click.argument("grant")
@click.option("--name", required=True, help="How the names of its devices begin.")
@click.option("--places", required=True, type=click.IntRange(1, 99), help="How many devices may join by it.")
@click.option("--hours", required=True, type=click.IntRange(1, 2160), help="For how many hours it is valid.")
@reason_option
@with_context
def make_claim(
    context: CommandContext, *, grant: str, name: str, places: int, hours: int, reason: str
) -> None:
    """Make a claim and print its secret, which is shown only once."""
    made = _asked(context).make_claim(
        _grant(context, grant), name, places=places, valid_hours=hours, reason=reason
    )
    context.screen.outcome(made, made["secret"])


@devices.command("revoke-claim")
@click.argument("grant")
@click.argument("claim")
@reason_option
@with_context
def revoke_claim(context: CommandContext, *, grant: str, claim: str, reason: str) -> None:
    """Let no more devices join by it; CLAIM is its id, or the beginning of it."""
    asked, grant_id = _asked(context), _grant(context, grant)
    claim_id = find_id(claim, asked.claims(grant_id), "claim_id")
    after = asked.revoke_claim(grant_id, claim_id, reason)
    context.screen.outcome(after, f"Claim {claim_id}: no more devices join by it.")


def _asked(context: CommandContext) -> Devices:
    return Devices(context.operator.http)


def _grant(context: CommandContext, wanted: str) -> str:
    return find_id(wanted, context.operator.all_grants(), "grant_id")
