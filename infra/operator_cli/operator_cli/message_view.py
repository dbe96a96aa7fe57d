"""How mails and invitations are shown."""

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
