"""A mail server that tells at once what has come, to whoever waits in this process."""

import threading
import time
from collections import defaultdict
from typing import NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Arrived(NamedTuple):
    """One mail; ``at`` is when the server had all of it, by `time.monotonic`."""

    at: float
    content: bytes


class MailSink:
    """Takes every mail and keeps it in memory. Threads may wait for mails; its own thread takes them."""

    def __init__(self, port: int) -> None:
        self._boxes: dict[str, _Box] = defaultdict(_Box)
        self._controller = Controller(self, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        arrived = Arrived(time.monotonic(), envelope.original_content or b"")
        for recipient in envelope.rcpt_tos:
            self._box(recipient).put(arrived)
        return "250 OK"

    def await_mail(self, recipient: str, number: int, timeout_seconds: float) -> Arrived:
        """The mail of this number to the person, counted from 1. Raises TimeoutError."""
        return self._box(recipient).await_mail(number, timeout_seconds)

    def mails_to(self, recipients: list[str]) -> list[Arrived]:
        """What has come to these people."""
        return [mail for recipient in recipients for mail in self._box(recipient).mails]

    def _box(self, recipient: str) -> "_Box":
        return self._boxes[recipient.casefold()]


class _Box:
    """One person's mails; who waits for them is woken by nobody else's."""

    def __init__(self) -> None:
        self.mails: list[Arrived] = []
        self._news = threading.Condition()

    def put(self, mail: Arrived) -> None:
        with self._news:
            self.mails.append(mail)
            self._news.notify_all()

    def await_mail(self, number: int, timeout_seconds: float) -> Arrived:
        with self._news:
            if not self._news.wait_for(lambda: len(self.mails) >= number, timeout_seconds):
                raise TimeoutError(f"mail {number} did not come")
            return self.mails[number - 1]
