"""Notices over Kafka, as any other service would, when a partner is active and has everything."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from confluent_kafka import Consumer

TOPICS = ["partner.lifecycle.v1", "access.lifecycle.v1"]


@dataclass
class _Partner:
    grants: int | None = None
    granted: int = 0
    is_active: bool = False
    has_everything: threading.Event = field(default_factory=threading.Event)
    at: float = 0.0

    def look(self, at: float) -> None:
        if self.is_active and self.granted == self.grants:
            self.at = at
            self.has_everything.set()


class AccessWatch:
    """Reads the topics from now on in a thread of its own, until `stop`."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._servers = bootstrap_servers
        self._partners: dict[str, _Partner] = defaultdict(_Partner)
        self._stopped = threading.Event()
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def start(self) -> None:
        """Return once nothing is missed any more. Raises TimeoutError."""
        self._thread.start()
        if not self._is_ready.wait(60):
            raise TimeoutError("Kafka does not assign partitions")

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def await_everything(self, partner_id: str, timeout_seconds: float) -> float:
        """When by `time.monotonic` the partner was active with all grants. Raises TimeoutError."""
        partner = self._partners[partner_id]
        if not partner.has_everything.wait(timeout_seconds):
            raise TimeoutError(f"{partner_id} has {partner.granted} of {partner.grants} grants")
        return partner.at

    def _read(self) -> None:
        settings = {
            "bootstrap.servers": self._servers,
            "group.id": "bench-access-watch",
            "auto.offset.reset": "latest",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 500,
        }
        consumer = Consumer(settings)
        consumer.subscribe(TOPICS, on_assign=lambda *_: self._is_ready.set())
        try:
            while not self._stopped.is_set():
                message = consumer.poll(0.2)
                if message is None or message.error():
                    continue
                headers = dict(message.headers() or ())
                self._note(message.key().decode(), headers["ce_type"].decode(), message.value())
        finally:
            consumer.close()

    def _note(self, partner_id: str, kind: str, value: bytes) -> None:
        partner = self._partners[partner_id]
        if ".access.planned." in kind:
            partner.grants = value.count(b'"grant_id"')
        elif ".access.granted." in kind:
            partner.granted += 1
        elif ".partner.activated." in kind:
            partner.is_active = True
        partner.look(time.monotonic())
