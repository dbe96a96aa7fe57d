"""A process of a service as it runs under faults: `python -m fault_runner.instrumented SERVICE PROCESS`.

Three things are added from outside, so that the services know nothing of them:
a handled event leaves a row in the transaction of its effect (the witness), a failpoint that kills leaves a
line in the evidence first, and a protection can be taken out on purpose (`sabotage`).
"""

import os
import random
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from chassis import failpoints
from chassis.database.unit_of_work import UnitOfWork
from chassis.events import ReceivedEvent
from chassis.messaging.subscriptions import EventHandler, Subscriptions
from fault_runner.evidence import Evidence
from fault_runner.failpoints import parse
from fault_runner.order import FaultsOrder
from fault_runner.witness import write_effect


def main(service: str, process: str) -> None:
    """Prepare the process, then become what the service's own command would be."""
    order = FaultsOrder.from_environment(os.environ)
    _tell_before_killing(f"{service}-{process}", Evidence(order.evidence), order.calm)
    if service in order.sabotage:
        # Imported only where it is wanted: a process started a hundred times should start quickly.
        resolve_name("fault_runner.sabotage:sabotage")(order.sabotage[service])
    _witness_handlers(service)
    sys.argv = [service, process]
    resolve_name(f"{service}.__main__:main")()


def _tell_before_killing(name: str, evidence: Evidence, calm: Path) -> None:
    points = parse(os.environ.get("FAILPOINTS", ""), os.environ.get("FAILPOINTS_SEED"))
    if any(point.is_once for point in points.values()):
        done = {kill["place"] for kill in evidence.read("kill")}
        points = {place: point for place, point in points.items() if not (point.is_once and place in done)}
    parent = os.getpid()

    def reach(place: str) -> None:
        nonlocal parent
        if os.getpid() != parent:
            # A forked worker of gunicorn must not die where its predecessor died.
            parent = os.getpid()
            for each in points.values():
                each.dice = random.Random(f"{os.environ.get('FAILPOINTS_SEED')}/{parent}")  # noqa: S311
        point = points.get(place)
        if point is not None and point.is_due() and not calm.exists():
            evidence.note("kill", process=name, place=place)
            os.kill(os.getpid(), signal.SIGKILL)

    failpoints.reach = reach


def _witness_handlers(service: str) -> None:
    consumer = import_module(f"{service}.entrypoints.consumer")
    create: Callable[[Any], Subscriptions[Any]] = consumer.create_subscriptions

    def create_subscriptions(of: Any) -> Subscriptions[Any]:
        found = create(of)
        topics = {
            topic: {name: _witnessed(found.group, topic, handler) for name, handler in handlers.items()}
            for topic, handlers in found.topics.items()
        }
        return replace(found, topics=topics)

    consumer.create_subscriptions = create_subscriptions  # type: ignore[attr-defined]


def _witnessed(group: str, topic: str, handler: EventHandler[Any]) -> EventHandler[Any]:
    def handle(work: UnitOfWork, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
        handler.handle(work, event, data)
        write_effect(work.connection, group, topic, event)

    return replace(handler, handle=handle)


if __name__ == "__main__":
    main(*sys.argv[1:])
