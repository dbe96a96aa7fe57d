"""Speaks to onboarding over WSGI, and plays the parts of mail, worker and operator."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from chassis.identity.ops_tokens import sign_ops_token
from onboarding.bootstrap import OnboardingService
from onboarding.handlers.commands import ScreenPartner
from onboarding.handlers.screen import screen


def application(**changes: Any) -> dict[str, Any]:
    """A machine builder that the shipped rules approve."""
    return {
        "company": {
            "legal_name": "Müller & Söhne GmbH 🚀",
            "registration_number": "HRB 12345",
            "country": "DE",
            "website": "https://mueller-soehne.example",
        },
        "contact": {"given_name": "Jana", "family_name": "O'Neill", "email": "jana@mueller-soehne.example"},
        "members": [{"given_name": "Åse", "family_name": "Ünal", "email": "ase@mueller-soehne.example"}],
        "partner_type": "machine_builder",
        "competences": ["iot"],
        "products_wanted": ["iot", "cloud_sandbox"],
        "expected_benefits": "Remote maintenance.",
        "language": "de",
        **changes,
    }


@dataclass
class ApiClient:
    """One test's way into the service."""

    service: OnboardingService
    http: FlaskClient
    ops_key: Ed25519PrivateKey
    link_token: Callable[[dict[str, Any]], str]

    def post(self, path: str, body: Any, token: str | None = None, key: str | None = None) -> TestResponse:
        """A POST with an idempotency key of its own unless one is given."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.http.post(path, json=body, headers=headers)

    def get(self, path: str, token: str | None = None, **query: Any) -> TestResponse:
        """A GET."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.http.get(path, headers=headers, query_string=query)

    def ops(self, *roles: str) -> str:
        """An operator's token."""
        return sign_ops_token(self.ops_key, "amara.diallo", roles or ("operator",), timedelta(hours=1))

    def events(
        self, partner_id: str | None = None, topic: str = "partner.lifecycle.v1"
    ) -> list[tuple[str, dict[str, Any]]]:
        """What stands in the outbox, in order: names without prefix and version, and data."""
        with self.service.open_work() as work:
            rows = work.connection.execute(
                text("SELECT type, subject, data FROM outbox WHERE topic = :topic ORDER BY position"),
                {"topic": topic},
            ).all()
        return [
            (row.type.removeprefix("gangway.").removesuffix(".v1"), json.loads(bytes(row.data)))
            for row in rows
            if partner_id in {None, row.subject}
        ]

    def last(self, name: str, partner_id: str | None = None) -> dict[str, Any]:
        """The data of the newest event of that name."""
        topic = "partner.drafts.v1" if name.startswith("partner.draft_") else "partner.lifecycle.v1"
        return [data for told, data in self.events(partner_id, topic) if told == name][-1]

    def states(self, partner_id: str) -> list[dict[str, Any]]:
        """The snapshots of a partner that were told, in order."""
        return [data for _, data in self.events(partner_id, "partner.state.v1")]

    def applied(self, **changes: Any) -> str:
        """A new application; returns the partner's id."""
        answer = self.post("/v1/applications", application(**changes))
        assert answer.status_code == 202, answer.json
        return str(answer.json["partner_id"])

    def token_of(self, name: str, partner_id: str) -> str:
        """The token of the link that the newest event of that name is about."""
        return self.link_token(self.last(name, partner_id)["link"])

    def verified(self, **changes: Any) -> tuple[str, str]:
        """A verified partner and its session."""
        partner_id = self.applied(**changes)
        token = self.token_of("partner.email_verification_requested", partner_id)
        answer = self.post("/v1/sessions", {"link_token": token})
        assert answer.status_code == 201, answer.json
        return partner_id, answer.json["session_token"]

    def screened(self, **changes: Any) -> tuple[str, str]:
        """A partner after its screening."""
        partner_id, session = self.verified(**changes)
        with self.service.open_work() as work:
            screen(work, ScreenPartner(UUID(partner_id)))
        return partner_id, session

    def in_review(self, **changes: Any) -> tuple[str, str]:
        """A partner that waits for an operator."""
        return self.screened(**{"partner_type": "training_provider", **changes})

    def state(self, partner_id: str) -> str:
        """Where the partner stands."""
        return str(self.get(f"/v1/partners/{partner_id}", self.ops("viewer")).json["state"])
