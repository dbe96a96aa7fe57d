"""The stand-in for a mail server: accepts every mail, delivers none, and shows them on a page."""

import asyncio
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from local_stack.stand_ins.mailbox import create_mailbox
from local_stack.stand_ins.maildir import ReceivedMail
from local_stack.stand_ins.serving import serve


class KeepEverything:
    """aiosmtpd's handler: an accepted mail is on the disk."""

    def __init__(self, mails: ReceivedMail) -> None:
        self._mails = mails

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store the mail, then accept it."""
        content = envelope.original_content or b""
        recipients = [str(address) for address in envelope.rcpt_tos]
        await asyncio.to_thread(self._mails.add, str(envelope.mail_from), recipients, content)
        return "250 OK"


def serve_mail(host: str, smtp_port: int, http_port: int, folder: Path) -> None:
    """Accept mails by SMTP and show them by HTTP until SIGTERM."""
    mails = ReceivedMail(folder)
    controller = Controller(KeepEverything(mails), hostname=host, port=smtp_port, enable_SMTPUTF8=True)
    controller.start()
    try:
        serve(create_mailbox(mails), host, http_port)
    finally:
        controller.stop()
