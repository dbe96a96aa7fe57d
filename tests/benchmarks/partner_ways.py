"""The way of one partner through Gangway by its public interface; people take no time at all."""

import re
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import httpx
from tests.benchmarks.access_watch import AccessWatch
from tests.benchmarks.example_partners import Application
from tests.benchmarks.mail_sink import Arrived, MailSink

PATIENCE_SECONDS = 240


@dataclass(frozen=True)
class Waits:
    """How long the partner waited for us, in seconds: for each mail, then until all is there."""

    verification_mail: float
    approval_mail: float
    everything: float

    @property
    def total(self) -> float:
        return self.verification_mail + self.approval_mail + self.everything


class PartnerWays:
    """Takes partners from the application to the end of their waiting; for several threads."""

    def __init__(self, url: str, sink: MailSink, access: AccessWatch) -> None:
        self._url = url
        self._sink = sink
        self._access = access
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        self._http = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, limits=limits)
        self._agreement = self._http.get("/v1/agreements/current").json()["agreement_version"]

    def close(self) -> None:
        self._http.close()

    def go(self, application: Application, due: float) -> Waits:
        """Each wait runs from the request that begins it, the first since it was due."""
        email = application["contact"]["email"]
        partner_id = self._post("/v1/applications", application)["partner_id"]
        verification = self._sink.await_mail(email, 1, PATIENCE_SECONDS)
        link = {"link_token": self._link_token(verification)}
        opened = time.monotonic()
        session = self._post("/v1/sessions", link)["session_token"]
        approval = self._sink.await_mail(email, 2, PATIENCE_SECONDS)
        accepted = time.monotonic()
        body = {"agreement_version": self._agreement}
        self._post(f"/v1/partners/{partner_id}/agreement-acceptance", body, session)
        everything = self._access.await_everything(partner_id, PATIENCE_SECONDS)
        return Waits(verification.at - due, approval.at - opened, everything - accepted)

    def _post(self, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
        headers = {"Idempotency-Key": str(uuid4())}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = self._http.post(path, json=body, headers=headers)
        if answer.is_error:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:300]}")
        found: dict[str, Any] = answer.json()
        return found

    def _link_token(self, mail: Arrived) -> str:
        message = message_from_bytes(mail.content, policy=policy.default)
        part = message.get_body(("plain",))
        found = re.search(re.escape(self._url) + r"/links/([^\s<>\"/]+)", part.get_content() if part else "")
        if found is None:
            raise RuntimeError(f"no link in the mail {message['Subject']!r}")
        return found[1]
