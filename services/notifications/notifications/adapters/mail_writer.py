"""From a letter to the bytes of a mail: multipart/alternative, text and HTML, every header in its place."""

import textwrap
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chassis import clock
from chassis.frozen import Frozen
from chassis.translations import DEFAULT_LANGUAGE, LANGUAGES, Translations
from notifications.adapters.mail_content import Words, content_of
from notifications.adapters.mail_links import MailLinks
from notifications.adapters.mail_parts import Content
from notifications.adapters.mail_policy import MAIL_POLICY
from notifications.adapters.mail_recipient import header_address, one_line
from notifications.domain.letters import Letter, Mail

TEMPLATES = Path(__file__).parent / "templates"
FRAME_WORDS = ("brand", "link-fallback", "footer-learning", "footer-learning-action")


class TemplateMailWriter(Frozen):
    """The `MailWriter` of production; rendering is pure, nothing is kept."""

    sender: Address
    reply_to: Address
    links: MailLinks
    translations: Translations
    templates: Environment
    may_be_international: bool = False

    def write(self, letter: Letter) -> Mail:
        wanted = letter.member.language
        words = Words(self.translations, wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE)
        content = content_of(letter, words, self.links)
        recipient = header_address(
            letter.member,
            is_named=not letter.message.is_to_unconfirmed,
            may_be_international=self.may_be_international,
        )
        message = self._headers(letter, content, recipient)
        frame = {name.replace("-", "_"): words(name) for name in FRAME_WORDS}
        text = self.templates.get_template("mail.txt").render(mail=content, words=frame)
        html = self.templates.get_template("mail.html").render(mail=content, words=frame)
        message["MIME-Version"] = "1.0"
        # The boundary follows from the intent too, so that sent again it is the same mail.
        message["Content-Type"] = f'multipart/alternative; boundary="=_{letter.message.id.hex}"'
        message["Content-Language"] = content.language
        message.set_payload([_body("plain", text.strip() + "\n"), _body("html", html)])
        return Mail(
            intent=letter.message.id,
            sender=self.sender.addr_spec,
            recipient=recipient.addr_spec,
            content=message.as_bytes(),
        )

    def _headers(self, letter: Letter, content: Content, recipient: Address) -> EmailMessage:
        # Only an address that needs it makes the mail international (RFC 6532): others go everywhere.
        is_plain = recipient.username.isascii()
        message = EmailMessage(policy=MAIL_POLICY if is_plain else MAIL_POLICY.clone(utf8=True))
        message["From"] = self.sender
        message["To"] = recipient
        message["Reply-To"] = self.reply_to
        message["Subject"] = one_line(content.subject)
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{letter.message.id}@{self.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        if content.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{content.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return message


def _body(subtype: str, text: str) -> EmailMessage:
    body = EmailMessage(policy=MAIL_POLICY)
    body.set_content(text, subtype=subtype, charset="utf-8", cte="quoted-printable")
    return body


def mail_templates() -> Environment:
    """The frames of text and HTML; values are escaped in HTML and in nothing else."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["wrapped"] = wrapped
    templates.filters["quoted"] = quoted
    return templates


def wrapped(text: str, indent: str = "") -> str:
    """Lines of at most 76 characters; long words stay whole."""
    return textwrap.fill(
        " ".join(text.split()), 76, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _lines(line: str) -> list[str]:
    return textwrap.wrap(line, 74, break_long_words=False, break_on_hyphens=False)


def quoted(text: str) -> str:
    """Somebody's words, each line marked; an address in them stays whole, so that it can be clicked."""
    lines = [part for line in text.splitlines() for part in _lines(line) or [""]]
    return "\n".join(f"> {line}" for line in lines)
