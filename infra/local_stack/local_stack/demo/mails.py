"""The mails in the stack's mailbox, and the links in them."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Mail:
    """One mail: its arrival (ISO 8601), its subject, and the links in its text."""

    id: str
    received_at: str
    subject: str
    links: tuple[str, ...]


class MailDidNotCome(Exception):
    """No matching mail arrived in time."""


class Mailbox:
    """Reads the mailbox of the SMTP sink over HTTP. Thread-safe."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=10)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def mails_to(self, address: str) -> list[Mail]:
        """All mails to one address, oldest first."""
        summaries = self._client.get("/messages", params={"to": address}).raise_for_status().json()
        return [self._mail(summary["id"]) for summary in summaries]

    def count_to(self, address: str) -> int:
        """How many mails the address has received so far."""
        return len(self._client.get("/messages", params={"to": address}).raise_for_status().json())

    def link_to(
        self,
        address: str,
        prefix: str,
        *,
        after: int = 0,
        timeout_seconds: float = 60,
        used: Callable[[str], bool],
    ) -> str:
        """Wait for a link that starts with `prefix` in a mail to `address`, after the first `after` mails.

        The newest unused one is taken. Raises MailDidNotCome.
        """
        give_up = time.monotonic() + timeout_seconds
        while time.monotonic() < give_up:
            for mail in reversed(self.mails_to(address)[after:]):
                for link in mail.links:
                    if link.startswith(prefix) and not used(link):
                        return link
            time.sleep(0.2)  # the mailbox offers no way to wait
        raise MailDidNotCome(f"no mail to {address} with a link to {prefix} within {timeout_seconds:.0f} s")

    def _mail(self, mail_id: str) -> Mail:
        message = self._client.get(f"/messages/{mail_id}").raise_for_status().json()
        links = tuple(re.findall(r"https?://[^\s<>\"]+", message["text"] or ""))
        return Mail(mail_id, message["received_at"], message["subject"], links)
