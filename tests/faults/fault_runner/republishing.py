"""Events published again by an operator, over HTTP, while everything else goes on."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from fault_runner.evidence import Evidence
from local_stack.port_plan import SERVICES

_WHY = {"reason": "a fault that is part of the run"}
_RECENT = timedelta(seconds=10)


class Republishing:
    """Chooses what to send again: all of one partner, or the last seconds of everybody."""

    def __init__(self, addresses: Mapping[str, str], evidence: Evidence) -> None:
        self._addresses = addresses
        self._evidence = evidence

    def ask(self, dice: random.Random) -> None:
        """Ask one service once; a service that is just being killed is asked in vain."""
        service = dice.choice(SERVICES)
        selection = self._select(dice)
        headers = {"Authorization": f"Bearer {self._addresses['ops_token']}", "Idempotency-Key": str(uuid4())}
        url = f"{self._addresses[service]}/v1/republications"
        try:
            answer = httpx.post(url, json=selection | _WHY, headers=headers, timeout=10).raise_for_status()
        except httpx.HTTPError as error:
            self._evidence.note("not published again", service=service, cause=repr(error))
            return
        if rows := answer.json()["events"]:
            facts = {"rows": rows, "selection": selection}
            self._evidence.note("fault", target=f"{service} outbox", fault="published again", **facts)

    def _select(self, dice: random.Random) -> dict[str, Any]:
        partners = [
            entry["partner_id"]
            for entry in self._evidence.read("accepted")
            if entry["path"] == "/v1/applications"
        ]
        if partners and dice.random() < 0.7:
            return {"subject": dice.choice(partners)}
        return {"since": (datetime.now(UTC) - _RECENT).isoformat()}
