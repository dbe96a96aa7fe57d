"""The stack of a run: its own, on three brokers, led through the proxies, and taken down at the end."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from fault_runner.order import FaultsOrder
from fault_runner.webhooks import sender_settings
from local_stack.machine import children
from local_stack.settings import StackSettings
from local_stack.supervisor.starting import start_stack
from local_stack.supervisor.stopping import stop_stack

# Waits that suit a year of operation are too long for a run of minutes.
PATIENCE = {
    "STEP_RETRY_FIRST_SECONDS": "0.5",
    "STEP_RETRY_MOST_SECONDS": "5",
    "STEP_PATIENCE_SECONDS": "300",
    "MAIL_RETRY_FIRST_SECONDS": "0.5",
    "MAIL_RETRY_MOST_SECONDS": "5",
    "MAIL_GATHERING_SECONDS": "1",
    "LOG_LEVEL": "INFO",
}
Say = Callable[[str], None]


@contextmanager
def fault_stack(settings: StackSettings, order: FaultsOrder, say: Say) -> Iterator[dict[str, str]]:
    """Start it, yield its addresses, stop it; killed as we may be, it ends with us. From the main thread.

    Raises CannotStart, KafkaUnavailable.
    """
    # The promises are made on Apache Kafka: the built-in cluster forgets when it is stopped.
    chosen = {
        "KAFKA": "apache",
        "KAFKA_NODES": str(settings.kafka_nodes),
        "GANGWAY_CONSOLE": "no",
        "GANGWAY_SITE": "no",
        "GANGWAY_INTEGRATIONS": "yes",
        **sender_settings(settings.home.parent),
    }
    home = {"GANGWAY_HOME": str(settings.home), "PORT_BASE": str(settings.port_base)}
    with _environment({**PATIENCE, **chosen, **home, **order.to_environment()}):
        started = time.monotonic()
        supervisor = children.launched([sys.executable, "-m", "fault_runner.supervise"])
        start_stack(settings, lambda _: None, supervisor=supervisor)
        try:
            addresses = json.loads((settings.home / "addresses.json").read_text())
            say(f"the stack is up after {time.monotonic() - started:.0f} s")
            yield addresses
        finally:
            stop_stack(settings, say)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
