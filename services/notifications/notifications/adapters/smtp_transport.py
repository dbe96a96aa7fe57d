"""Mails over SMTP: one recipient each, every refusal classified by the server's own code."""

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

# In one session: servers close connections that stay open for long.
MAILS_MOST = 100
# Refusals of us, not of the mail: bad or missing credentials, or TLS required (RFC 4954, RFC 3207).
ABOUT_US = frozenset({530, 534, 535, 538})


class SmtpSecurity(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class SmtpTransport(Frozen):
    """The `MailTransport` for any SMTP server. ``timeout_seconds`` applies to each step of the dialogue."""

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
        """Open a connection for sending mails. A refusal here concerns us, not a mail."""
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
    """The `MailSession` over SMTP: one connection, as long as mails succeed, for at most `MAILS_MOST`.

    After a failure the next mail gets a new connection. A server may have had enough of a connection that
    already carried mails. So a failure on one of those, before the mail itself is handed over, proves
    nothing, and the mail is tried once more on a new connection.
    """

    def __init__(self, transport: SmtpTransport) -> None:
        self._transport = transport
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, mail: Mail) -> Receipt:
        try:
            # Once the server has accepted the data, nothing may turn this into a failure.
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
        """A connection whose server has accepted sender and recipient."""
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
    """Request addresses outside ASCII (RFC 6531). Raises SMTPNotSupportedError."""
    if not smtp.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError(
            "The mail server does not take SMTPUTF8, so set MAIL_SMTPUTF8=no."
        )
    smtp.command_encoding = "utf-8"
    return ("SMTPUTF8", "BODY=8BITMIME")


@contextmanager
def _refusals_of_us() -> Iterator[None]:
    """Before the recipient, a refusal concerns our address, login or sender: it is temporary for any mail."""
    try:
        yield
    except smtplib.SMTPResponseException as refused:
        failure = _sorted(refused.smtp_code, _words(refused.smtp_error))
        code = "mail_server_refuses_us" if isinstance(failure, NeverPossible) else failure.code
        raise NotNow(code, failure.message) from refused


def _data(smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """Hand over the mail. Raises InDoubt if the server's answer to it is lost."""
    try:
        return smtp.data(content)
    except smtplib.SMTPResponseException:
        raise
    except (smtplib.SMTPServerDisconnected, OSError) as cut:
        text = f"The mail server hung up while it took the mail, and may have taken it: {cut}"
        raise InDoubt("mail_server_unreachable", text) from cut


def _expect(answer: tuple[int, bytes]) -> bytes:
    """Return the server's words if it accepted (2xx). Raises SMTPResponseException."""
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
