"""Mails over SMTP: one recipient each, every refusal sorted by the server's own code."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from enum import StrEnum
from typing import Any

from chassis import failpoints
from chassis.failures import Failure, NeverPossible, NotNow
from chassis.frozen import Frozen
from notifications.domain.letters import Mail
from notifications.domain.messages import Transport
from notifications.handlers.ports import InDoubt, Receipt

# Of one session: a connection that stays open for long is one that a server closes in the middle.
MAILS_MOST = 100
# They refuse us, not the mail: wrong or missing credentials, or TLS wanted (RFC 4954, RFC 3207).
ABOUT_US = frozenset({530, 534, 535, 538})


class SmtpSecurity(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class SmtpTransport(Frozen):
    """The `MailTransport` for any SMTP server. ``timeout_seconds`` holds for each step of the dialogue."""

    host: str
    port: int
    security: SmtpSecurity = SmtpSecurity.NONE
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 15
    name: Transport = field(default="smtp", init=False)

    @contextmanager
    def session(self) -> Iterator["SmtpSession"]:
        session = SmtpSession(self)
        try:
            yield session
        finally:
            session.close()

    def connect(self) -> smtplib.SMTP:
        """A connection on which mails can be sent. A refusal is of us, not of a mail."""
        at: dict[str, Any] = {"host": self.host, "port": self.port, "timeout": self.timeout_seconds}
        with _refusals_of_us():
            if self.security is SmtpSecurity.TLS:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(**at, context=ssl.create_default_context())
            else:
                smtp = smtplib.SMTP(**at)
            try:
                if self.security is SmtpSecurity.STARTTLS:
                    smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
                if self.username is not None:
                    smtp.login(self.username, self.password or "")
            except BaseException:
                _hang_up(smtp)
                raise
            return smtp


class SmtpSession:
    """The `MailSession` over SMTP: one connection for mails that go well, at most `MAILS_MOST`.

    Where a mail did not go well, the next one gets a new connection. A server that was content with the mails
    before may have had enough of the connection: until the mail itself is handed over, a failure on one that
    has carried others says nothing, so the mail is tried on a new one, once.
    """

    def __init__(self, transport: SmtpTransport) -> None:
        self._transport = transport
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, mail: Mail) -> Receipt:
        try:
            # Once the server has said yes to the data, nothing may turn it into a failure.
            taken = _expect(_data(self._ready_for(mail), mail.content))
            failpoints.reach("mail.after_taken")
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _failure(error) from error
        except BaseException:
            self.close()
            raise
        self._sent += 1
        if self._sent >= MAILS_MOST:
            self.close()
        words = re.sub(re.escape(mail.recipient), "(the address)", _words(taken), flags=re.I)
        return Receipt(words[:200] or None)

    def close(self) -> None:
        smtp, self._smtp, self._sent = self._smtp, None, 0
        if smtp is not None:
            _hang_up(smtp)

    def _ready_for(self, mail: Mail) -> smtplib.SMTP:
        """A connection whose server has said yes to sender and recipient."""
        if self._smtp is not None:
            try:
                return _addressed(self._smtp, mail)
            except (NotNow, smtplib.SMTPException, OSError):
                self.close()
        self._smtp = self._transport.connect()
        return _addressed(self._smtp, mail)


def _addressed(smtp: smtplib.SMTP, mail: Mail) -> smtplib.SMTP:
    options = _international(smtp) if not mail.recipient.isascii() else ()
    with _refusals_of_us():
        _expect(smtp.mail(mail.sender, options))
    _expect(smtp.rcpt(mail.recipient))
    return smtp


def _hang_up(smtp: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def _failure(error: smtplib.SMTPException | OSError) -> Failure:
    if isinstance(error, smtplib.SMTPResponseException):
        return _sorted(error.smtp_code, _words(error.smtp_error))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return NotNow("mail_server_lacks_feature", str(error))
    return NotNow("mail_server_unreachable", f"The mail server cannot be reached, or hung up: {error}")


def _international(smtp: smtplib.SMTP) -> tuple[str, ...]:
    """Have addresses outside ASCII carried (RFC 6531). Raises SMTPNotSupportedError."""
    if not smtp.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError(
            "The mail server does not take SMTPUTF8, so set MAIL_SMTPUTF8=no."
        )
    smtp.command_encoding = "utf-8"
    return ("SMTPUTF8", "BODY=8BITMIME")


@contextmanager
def _refusals_of_us() -> Iterator[None]:
    """Until a recipient is named, a refusal is of our address, login or sender: it passes, for all mails."""
    try:
        yield
    except smtplib.SMTPResponseException as refused:
        failure = _sorted(refused.smtp_code, _words(refused.smtp_error))
        code = "mail_server_refuses_us" if isinstance(failure, NeverPossible) else failure.code
        raise NotNow(code, failure.message) from refused


def _data(smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """Hand over the mail. Raises InDoubt when the server's answer to it got lost."""
    try:
        return smtp.data(content)
    except smtplib.SMTPResponseException:
        raise
    except (smtplib.SMTPServerDisconnected, OSError) as cut:
        text = f"The mail server hung up while it took the mail, and may have taken it: {cut}"
        raise InDoubt("mail_server_unreachable", text) from cut


def _expect(answer: tuple[int, bytes]) -> bytes:
    """The server's words if it said yes (2xx), else SMTPResponseException."""
    code, words = answer
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, words)
    return words


def _words(text: bytes | str) -> str:
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(decoded.split())


def _sorted(code: int, words: str) -> Failure:
    said = f"The mail server said: {code} {words}".strip()
    if code in ABOUT_US:
        return NotNow("mail_login_refused", said)
    if 500 <= code < 600:
        return NeverPossible("mail_refused", said)
    return NotNow("mail_server_busy", said)
