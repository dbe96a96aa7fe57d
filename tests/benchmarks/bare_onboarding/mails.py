"""A mail with a link, in text and HTML, of about the size of ours."""

import os
import smtplib
from email.message import EmailMessage

_LINK = f"https://onboarding.example/links/{'t' * 300}"
_TEXT = "Guten Tag,\n\nIhre Bewerbung ist angekommen und wird bearbeitet.\n" * 8 + f"\n{_LINK}\n"
_HTML = "<p style='margin:0 0 16px;font-family:sans-serif'>Ihre Bewerbung ist angekommen.</p>\n" * 40


def send_mail(recipient: str, subject: str) -> None:
    """On a connection of its own. Blocks until the server has it."""
    message = EmailMessage()
    message["From"] = "Bare <partners@bare.example>"
    message["To"] = recipient
    message["Subject"] = subject
    message.set_content(_TEXT)
    message.add_alternative(f"<html><body>{_HTML}<a href='{_LINK}'>{_LINK}</a></body></html>", subtype="html")
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as smtp:
        smtp.send_message(message)
