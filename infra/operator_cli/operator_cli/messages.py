"""`gangway messages list|failed|retry` and `gangway invitations list`."""

from operator_cli.described import DescribedGroup, Given
from operator_cli.screen import Column, at

MESSAGE_COLUMNS: tuple[Column, ...] = (
    ("id", "message_id"),
    ("kind", "kind"),
    ("state", "state"),
    ("planned", at("planned_at")),
    ("sent", at("sent_at")),
    ("attempts", "attempts"),
    ("next try", at("retry_at")),
    ("cause", "cause"),
)
FAILED_COLUMNS: tuple[Column, ...] = (("id", "message_id"), ("partner", "partner_id"), *MESSAGE_COLUMNS[1:])
INVITATION_COLUMNS: tuple[Column, ...] = (
    ("id", "invitation_id"),
    ("path", "path"),
    ("member", "member_id"),
    ("state", "state"),
    ("sent", at("sent_at")),
    ("expires", at("expires_at")),
    ("accepted", at("accepted_at")),
    ("progress", "progress"),
    ("completed", at("completed_at")),
)

messages = DescribedGroup("messages", help="Mails to a partner's people: what was sent, what failed and why.")
messages.listing(
    "list",
    "GET /v1/partners/{partner_id}/messages",
    "List a partner's mails, the oldest first.",
    MESSAGE_COLUMNS,
)
messages.listing(
    "failed",
    "GET /v1/failed-messages",
    "List the mails that failed for good, of all partners.",
    FAILED_COLUMNS,
    Given("still_tried", "Those that failed five times or more and are tried again, instead."),
    nothing="No mail has failed.",
)
messages.act(
    "retry",
    "POST /v1/messages/{message_id}/retry",
    "Try a failed mail again, with all its attempts.",
    "{kind} {message_id} is {state} now.",
)

invitations = DescribedGroup("invitations", help="Invitations of a partner's people to learning paths.")
invitations.listing(
    "list",
    "GET /v1/partners/{partner_id}/invitations",
    "List a partner's invitations, the oldest first.",
    INVITATION_COLUMNS,
)
