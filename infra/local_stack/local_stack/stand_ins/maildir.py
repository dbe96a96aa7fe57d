"""The received mails, each a file in a Maildir, in order of arrival."""

import mailbox
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True)
class Mail:
    """One received mail, parsed. Immutable, like its file."""

    mail_id: str
    received_at: datetime
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(self.message.get("Subject", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers, decoded, in order."""
        return [(name, str(value)) for name, value in self.message.items()]

    def body(self, kind: str) -> str | None:
        """Return the first part of type text/`kind`, decoded; None if there is none."""
        part = self.message.get_body((kind,))
        return None if part is None else str(part.get_content())


class ReceivedMail:
    """A Maildir that only grows. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._maildir = mailbox.Maildir(folder / "Maildir", factory=None, create=True)
        self._known: dict[str, Mail] = {}
        self._lock = threading.Lock()

    def add(self, sender: str, recipients: Iterable[str], content: bytes) -> None:
        """Store a mail with its envelope as headers; it is on the disk on return."""
        envelope = [("Return-Path", f"<{sender}>"), *(("Delivered-To", address) for address in recipients)]
        lines = "".join(f"{name}: {value}\r\n" for name, value in envelope)
        with self._lock:
            self._maildir.add(lines.encode() + content)

    def all(self) -> list[Mail]:
        """Return all mails, newest last."""
        with self._lock:
            for mail_id in self._maildir.keys():  # noqa: SIM118 (a Maildir iterates over its messages)
                if mail_id not in self._known:
                    self._known[mail_id] = _take_apart(mail_id, self._maildir.get_bytes(mail_id))
            return [self._known[mail_id] for mail_id in sorted(self._known, key=_arrival)]

    def get(self, mail_id: str) -> Mail | None:
        """Return one mail, None if there is none with this id."""
        return next((mail for mail in self.all() if mail.mail_id == mail_id), None)


def _arrival(mail_id: str) -> tuple[int, ...]:
    """Order by the seconds, microseconds and number in a Maildir's file names."""
    found = re.match(r"(\d+)\.M(\d+)P\d+Q(\d+)", mail_id)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def _take_apart(mail_id: str, content: bytes) -> Mail:
    message = message_from_bytes(content, policy=policy.default)
    received_at = datetime.fromtimestamp(_arrival(mail_id)[0], UTC)
    recipients = tuple(str(address) for address in message.get_all("Delivered-To", []))
    return Mail(mail_id, received_at, recipients, message)
