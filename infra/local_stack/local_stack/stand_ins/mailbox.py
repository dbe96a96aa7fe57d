"""The mailbox over HTTP: JSON for programs, pages for people."""

from typing import Any
from urllib.parse import quote

from flask import Flask, Response, abort, jsonify, render_template, request

from local_stack.stand_ins.maildir import Mail, ReceivedMail

# A mail is untrusted: none of its scripts ever runs, and its HTML is in a frame without any rights.
CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"


def create_mailbox(mails: ReceivedMail) -> Flask:
    """Build the application that shows the mails."""
    app = Flask(__name__)

    @app.get("/messages")
    def list_messages() -> Response:
        return jsonify([_summary(mail) for mail in _addressed_to(mails, request.args.get("to"))])

    @app.get("/messages/<mail_id>")
    def show_message(mail_id: str) -> Response:
        mail = mails.get(mail_id) or abort(404)
        bodies = {"text": mail.body("plain"), "html": mail.body("html")}
        return jsonify({**_summary(mail), "headers": mail.headers, **bodies})

    @app.get("/")
    def list_page() -> str:
        found = _addressed_to(mails, request.args.get("to"))
        return render_template("mails.html", mails=found[::-1], quote=quote)

    @app.get("/mails/<mail_id>")
    def mail_page(mail_id: str) -> str:
        return render_template("mail.html", mail=mails.get(mail_id) or abort(404))

    @app.get("/health/live")
    def health() -> Response:
        return jsonify({"status": "ok"})

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    return app


def _addressed_to(mails: ReceivedMail, recipient: str | None) -> list[Mail]:
    wanted = None if recipient is None else recipient.casefold()
    return [
        mail
        for mail in mails.all()
        if wanted is None or wanted in (address.casefold() for address in mail.recipients)
    ]


def _summary(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.mail_id,
        "received_at": mail.received_at.isoformat(),
        "from": str(mail.message.get("From", "")),
        "to": list(mail.recipients),
        "subject": mail.subject,
        "message_id": mail.message.get("Message-ID"),
    }
