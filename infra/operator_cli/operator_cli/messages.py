"""`gangway messages list|failed|retry` and `gangway invitations list`."""

import click

from operator_cli.described import Given, act, listing
from operator_cli.message_view import FAILED_COLUMNS, INVITATION_COLUMNS, MESSAGE_COLUMNS

messages = click.Group("messages", help="Mails to a partner's people: what was sent, what failed and why.")
listing(
    messages.command,
    "list",
    "GET /v1/partners/{partner_id}/messages",
    "List a partner's mails, the oldest first.",
    MESSAGE_COLUMNS,
)
listing(
    messages.command,
    "failed",
    "GET /v1/failed-messages",
    "List the mails that failed for good, of all partners.",
    FAILED_COLUMNS,
    Given("still_tried", "Those that failed five times or more and are tried again, instead."),
    nothing="No mail has failed.",
)
act(
    messages.command,
    "retry",
    "POST /v1/messages/{message_id}/retry",
    "Try a failed mail again, with all its attempts.",
    "{kind} {message_id} is {state} now.",
)

invitations = click.Group("invitations", help="Invitations of a partner's people to learning paths.")
listing(
    invitations.command,
    "list",
    "GET /v1/partners/{partner_id}/invitations",
    "List a partner's invitations, the oldest first.",
    INVITATION_COLUMNS,
)
