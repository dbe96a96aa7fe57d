"""`gangway messages list|retry` and `gangway invitations list`."""

import click

from operator_cli.command_context import CommandContext, reason_option, with_context
from operator_cli.finding import find_partner
from operator_cli.message_view import INVITATION_COLUMNS, MESSAGE_COLUMNS
from operator_client.operator import Facts


@click.group()
def messages() -> None:
    """Mails to a partner's people: what was sent, what failed and why."""


@messages.command("list")
@click.argument("partner")
@with_context
def list_messages(context: CommandContext, *, partner: str) -> None:
    """List a partner's mails, the oldest first."""
    partner_id = find_partner(context.operator, partner, by_words=True)
    context.screen.rows(context.operator.messages(partner_id), MESSAGE_COLUMNS)


@messages.command("retry")
@click.argument("message_id", type=click.UUID)
@reason_option
@with_context
def retry_message(context: CommandContext, *, message_id: object, reason: str) -> None:
    """Try a failed mail again, with all its attempts."""
    after: Facts = context.operator.retry_message(str(message_id), reason)
    context.screen.outcome(after, f"{after['kind']} {after['message_id']} is {after['state']} now.")


@click.group()
def invitations() -> None:
    """Invitations of a partner's people to learning paths."""


@invitations.command("list")
@click.argument("partner")
@with_context
def list_invitations(context: CommandContext, *, partner: str) -> None:
    """List a partner's invitations, the oldest first."""
    partner_id = find_partner(context.operator, partner, by_words=True)
    context.screen.rows(context.operator.invitations(partner_id), INVITATION_COLUMNS)
