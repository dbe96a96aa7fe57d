"""One suite for every way a mail goes out, against a real SMTP server and a real SES API over HTTP."""

import socket
import socketserver
import ssl
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from moto.backends import get_backend
from moto.server import ThreadedMotoServer

from chassis.failures import NeverPossible, NotNow
from local_stack.machine.ports import find_free_port
from notifications.adapters import smtp_transport
from notifications.adapters.ses_transport import SesTransport, ses_client
from notifications.adapters.smtp_transport import SmtpSecurity, SmtpTransport
from notifications.domain.letters import Mail
from notifications.handlers.ports import InDoubt, MailTransport, Receipt

ACCOUNT, REGION = "123456789012", "eu-central-1"


def a_mail(recipient: str = "zoe@partner.example", sender: str = "partners@gangway.example") -> Mail:
    lines = [
        f"From: {sender}",
        f"To: {recipient}",
        "Message-ID: <1@gangway.example>",
        "",
        ".dots",
        "",
        "end",
        "",
    ]
    return Mail(intent=uuid.uuid4(), sender=sender, recipient=recipient, content="\r\n".join(lines).encode())


def handed_to(transport: MailTransport, mail: Mail) -> Receipt:
    """Send one mail in a session of its own."""
    with transport.session() as session:
        return session.send(mail)


class Inbox:
    """An SMTP server's mind: takes mails, and refuses some by their recipient."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.hangs_up_after_data = False
        self.mails_most: int | None = None
        self.connections: list[int] = []

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections.append(0)
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.mails_most is not None and self.connections[-1] >= self.mails_most:
            return "421 4.7.0 enough of this connection"
        if address.startswith("stranger@"):
            return "553 5.7.1 we take nothing from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("busy@"):
            return "451 4.3.0 come back later"
        if address.startswith("nobody@"):
            return f"550 5.1.1 <{address}> does not live here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.rcpt_tos, envelope.content))
        self.connections[-1] += 1
        if self.hangs_up_after_data:
            server.transport.close()
        return "250 2.0.0 taken as 4711"


@pytest.fixture
def inbox() -> Iterator[SimpleNamespace]:
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=find_free_port())
    controller.start()
    yield SimpleNamespace(mind=handler, port=controller.port)
    controller.stop()


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=find_free_port(), verbose=False)
    server.start()
    yield f"http://127.0.0.1:{server._port}"
    server.stop()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def smtp_office(inbox: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(
        transport=SmtpTransport(host="127.0.0.1", port=inbox.port),
        unreachable=SmtpTransport(host="127.0.0.1", port=find_free_port(), timeout_seconds=2),
        taken=lambda: [(to, content.rstrip()) for to, content in inbox.mind.taken],
        refused=a_mail(recipient="nobody@partner.example"),
        words="550 5.1.1 <nobody@partner.example> does not live here",
        name="smtp",
    )


@pytest.fixture
def ses_office(moto: str, aws: pytest.MonkeyPatch) -> SimpleNamespace:
    aws.setenv("AWS_ENDPOINT_URL", moto)
    client = ses_client()
    backend = get_backend("ses")[ACCOUNT][REGION]
    backend.reset()
    client.create_email_identity(EmailIdentity="gangway.example")
    dead_port = find_free_port()
    transport = SesTransport(client=client)
    aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{dead_port}")
    return SimpleNamespace(
        transport=transport,
        unreachable=SesTransport(client=ses_client(2)),
        taken=lambda: [
            # moto adds the addresses of the To header to those it was given.
            (sorted(set(mail.destinations)), mail.raw_data.encode().rstrip())
            for mail in backend.sent_messages
        ],
        refused=a_mail(sender="stranger@elsewhere.example"),
        words="MessageRejected Did not have authority to send from email stranger@elsewhere.example",
        name="ses",
    )


@pytest.fixture(params=["smtp_office", "ses_office"])
def office(request: pytest.FixtureRequest) -> SimpleNamespace:
    found: SimpleNamespace = request.getfixturevalue(request.param)
    return found


def test_a_mail_arrives_as_it_was_at_its_one_recipient(office):
    mail = a_mail()
    receipt = handed_to(office.transport, mail)
    assert office.taken() == [(["zoe@partner.example"], mail.content.rstrip())]
    assert receipt.transport_id
    assert office.transport.name == office.name


def test_what_is_refused_for_good_is_told_in_the_systems_own_words(office):
    with pytest.raises(NeverPossible) as refused:
        handed_to(office.transport, office.refused)
    assert office.words in refused.value.message
    assert refused.value.code == "mail_refused"
    assert office.taken() == []


def test_a_system_that_is_away_is_for_later(office):
    with pytest.raises(NotNow, match="unreachable") as away:
        handed_to(office.unreachable, a_mail())
    assert not isinstance(away.value, InDoubt)


class TestSmtp:
    """What only SMTP has."""

    def test_a_temporary_refusal_is_for_later(self, smtp_office):
        with pytest.raises(NotNow, match=r"451 4\.3\.0 come back later"):
            handed_to(smtp_office.transport, a_mail(recipient="busy@partner.example"))

    def test_a_cut_after_the_data_is_for_later_too(self, smtp_office, inbox):
        inbox.mind.hangs_up_after_data = True
        with pytest.raises(InDoubt, match="unreachable"):
            handed_to(smtp_office.transport, a_mail())
        assert len(smtp_office.taken()) == 1

    def test_a_refusal_of_our_sender_is_not_one_of_the_mail(self, smtp_office):
        with pytest.raises(NotNow, match=r"553 5\.7\.1 we take nothing") as refused:
            handed_to(smtp_office.transport, a_mail(sender="stranger@gangway.example"))
        assert refused.value.code == "mail_server_refuses_us"

    def test_a_server_that_does_not_even_greet_us_refuses_us(self):
        class Unwilling(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.sendall(b"554 5.7.1 your address is on a list\r\n")

        listening = serving(Unwilling, socketserver.ThreadingTCPServer)
        with listening as port, pytest.raises(NotNow, match="on a list") as refused:
            handed_to(SmtpTransport(host="127.0.0.1", port=port, timeout_seconds=5), a_mail())
        assert refused.value.code == "mail_server_refuses_us"

    def test_mails_that_are_due_together_share_a_connection(self, smtp_office, inbox):
        mails = [a_mail(recipient=f"{name}@partner.example") for name in ("ana", "ben", "cem")]
        with smtp_office.transport.session() as session:
            assert inbox.mind.connections == [], "nothing is reached before the first mail"
            for mail in mails:
                session.send(mail)
        assert inbox.mind.connections == [3]
        assert [to for to, _ in smtp_office.taken()] == [[mail.recipient] for mail in mails]

    @pytest.mark.parametrize("trouble", ["nobody@partner.example", "busy@partner.example"])
    def test_a_mail_that_fails_neither_doubles_nor_keeps_the_others(self, smtp_office, trouble):
        recipients = ["ana@partner.example", trouble, "ben@partner.example"]
        failed = []
        with smtp_office.transport.session() as session:
            for recipient in recipients:
                try:
                    session.send(a_mail(recipient=recipient))
                except (NeverPossible, NotNow):
                    failed.append(recipient)
        assert failed == [trouble]
        assert [to for to, _ in smtp_office.taken()] == [["ana@partner.example"], ["ben@partner.example"]]

    def test_a_server_that_has_enough_of_a_connection_gets_a_new_one(self, smtp_office, inbox):
        inbox.mind.mails_most = 2
        with smtp_office.transport.session() as session:
            for _ in range(5):
                session.send(a_mail())
        assert inbox.mind.connections == [2, 2, 1]
        assert len(smtp_office.taken()) == 5

    def test_a_server_that_hung_up_meanwhile_is_called_again(self, smtp_office, inbox):
        with smtp_office.transport.session() as session:
            session.send(a_mail())
            session._smtp.sock.shutdown(socket.SHUT_RDWR)
            session.send(a_mail())
        assert inbox.mind.connections == [1, 1]

    def test_a_connection_carries_so_many_mails_and_no_more(self, smtp_office, inbox, monkeypatch):
        monkeypatch.setattr(smtp_transport, "MAILS_MOST", 2)
        with smtp_office.transport.session() as session:
            for _ in range(3):
                session.send(a_mail())
        assert inbox.mind.connections == [2, 1]

    def test_tls_that_the_server_lacks_is_never_done_without(self, inbox):
        transport = SmtpTransport(host="127.0.0.1", port=inbox.port, security=SmtpSecurity.STARTTLS)
        with pytest.raises(NotNow, match="STARTTLS"):
            handed_to(transport, a_mail())
        assert inbox.mind.taken == []

    @pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
    @pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
    @pytest.mark.parametrize("case", ["right", "wrong password", "unknown certificate"])
    def test_encrypted_and_signed_in(self, security, case, tmp_path, monkeypatch):
        context = certificate_for_localhost(tmp_path / "cert.pem")
        if case != "unknown certificate":
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        mind = Inbox()
        is_tls = security is SmtpSecurity.TLS
        tls: dict[str, Any] = (
            {"ssl_context": context} if is_tls else {"tls_context": context, "require_starttls": True}
        )
        controller = Controller(
            mind,
            hostname="127.0.0.1",
            port=find_free_port(),
            authenticator=lambda *arguments: AuthResult(
                success=arguments[-1].password == b"secret", handled=False
            ),
            auth_required=True,
            auth_require_tls=not is_tls,
            **tls,
        )
        controller.start()
        transport = SmtpTransport(
            host="127.0.0.1",
            port=controller.port,
            security=security,
            username="gangway",
            password="wrong" if case == "wrong password" else "secret",
        )
        try:
            if case == "right":
                handed_to(transport, a_mail())
            else:
                with pytest.raises(NotNow) as refused:
                    handed_to(transport, a_mail())
                login = "mail_login_refused" if case == "wrong password" else "mail_server_unreachable"
                assert refused.value.code == login
                assert "secret" not in refused.value.message
        finally:
            controller.stop()
        assert len(mind.taken) == (1 if case == "right" else 0)


class TestSes:
    """What only SES has."""

    @pytest.mark.parametrize(
        ("status", "code", "expected"),
        [
            (400, "MessageRejected", "mail_refused"),
            (400, "BadRequestException", "mail_refused"),
            (429, "TooManyRequestsException", "mail_service_busy"),
            (400, "LimitExceededException", "mail_service_busy"),
            (503, "ServiceUnavailable", "mail_service_busy"),
            (400, "SendingPausedException", "mail_service_refuses_us"),
            (400, "MailFromDomainNotVerifiedException", "mail_service_refuses_us"),
            (403, "AccessDeniedException", "mail_service_refuses_us"),
        ],
    )
    def test_each_refusal_is_sorted_and_asked_once(self, aws, status, code, expected):
        asked: list[bytes] = []

        class Refusing(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked.append(self.rfile.read(int(self.headers["Content-Length"])))
                body = b'{"message": "no"}'
                self.send_response(status)
                self.send_header("x-amzn-errortype", code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Tests are quiet."""

        with serving(Refusing) as port:
            aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
            mail = a_mail()
            kind = NeverPossible if expected == "mail_refused" else NotNow
            with pytest.raises(kind) as refused:
                handed_to(SesTransport(client=ses_client()), mail)
        assert refused.value.code == expected
        assert len(asked) == 1
        assert str(mail.intent).encode() in asked[0]

    def test_an_answer_that_does_not_come_is_not_asked_for_again(self, aws):
        asked: list[Any] = []

        class Silent(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                asked.append(self.request.recv(65_536))
                done.wait(10)

        done = threading.Event()
        with serving(Silent, socketserver.ThreadingTCPServer) as port:
            aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
            with pytest.raises(InDoubt):
                handed_to(SesTransport(client=ses_client(0.5)), a_mail())
            done.set()
        assert len(asked) == 1


class serving:  # noqa: N801 - reads as a statement
    """A server on a free port for the block."""

    def __init__(self, handler: Any, kind: Any = ThreadingHTTPServer) -> None:
        self._server = kind(("127.0.0.1", 0), handler)

    def __enter__(self) -> int:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        return int(self._server.server_address[1])

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()


def certificate_for_localhost(authority_file: Path) -> ssl.SSLContext:
    """A server's TLS context with a certificate of an authority that nobody knows, and now is in the file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(authority_file)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize("speaks_smtputf8", [True, False])
def test_letters_outside_ascii_before_the_at(speaks_smtputf8: bool) -> None:
    inbox = Inbox()
    controller = Controller(
        inbox, hostname="127.0.0.1", port=find_free_port(), enable_SMTPUTF8=speaks_smtputf8
    )
    controller.start()
    try:
        transport = SmtpTransport(host="127.0.0.1", port=controller.port)
        if speaks_smtputf8:
            handed_to(transport, a_mail("j\u00f6rg@xn--bcher-kva.example"))
            assert [recipients for recipients, _ in inbox.taken] == [["j\u00f6rg@xn--bcher-kva.example"]]
        else:
            with pytest.raises(NotNow, match="MAIL_SMTPUTF8"):
                handed_to(transport, a_mail("j\u00f6rg@xn--bcher-kva.example"))
    finally:
        controller.stop()
