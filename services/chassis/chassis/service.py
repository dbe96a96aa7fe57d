"""How a service is wired: what its processes share, and where the rest of each process is found."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Generic

from chassis.database.pool import Database, Work, WorkFactory
from chassis.database.unit_of_work import UnitOfWork
from chassis.frozen import Frozen
from chassis.messaging.compacted_topics import CompactedTopics
from chassis.messaging.outbox import Outbox
from chassis.messaging.subscriptions import Subscriptions
from chassis.settings import CommonSettings, ServingSettings

if TYPE_CHECKING:
    from flask import Flask
    from procrastinate import App

Check = Callable[[], None]
BuildService = Callable[[Mapping[str, str]], "Service"]


@dataclass(frozen=True)
class Checks:
    """Readiness checks by name: a process is unready without ``needed``; ``told`` is only reported."""

    needed: Mapping[str, Check] = field(default_factory=dict)
    told: Mapping[str, Check] = field(default_factory=dict)


class WebService(Frozen):
    """What answers HTTP; alone, it has neither a database nor events (a front for people)."""

    name: str
    settings: ServingSettings

    def create_web_app(self) -> "Flask":
        """Looked up as ``<name>.entrypoints.web:create_web_app``."""
        app: Flask = resolve_name(f"{self.name}.entrypoints.web:create_web_app")(self)
        return app

    def checks(self, process: str) -> Checks:
        """The readiness checks of a process."""
        return Checks()

    def dispose(self) -> None:
        """Close what building it opened, as before a fork or at the end."""


class Service(WebService):
    """One service, ready to run any of its processes; built by its ``bootstrap.build_service(environ)``.

    A service subclasses it and adds its adapters as fields. Bootstrap may not import entry points,
    so what only one process needs is looked up in the package ``name`` when that process asks:

    ====================  ======================================  ==================================
    attribute             looked up as                            called with / type
    ====================  ======================================  ==================================
    create_web_app()      <name>.entrypoints.web:create_web_app   (service) -> Flask
    subscriptions         <name>.entrypoints.consumer:            (service) -> Subscriptions;
                          create_subscriptions                    None where the module is missing
    jobs_app              <name>.entrypoints.worker:              (service) -> procrastinate.App;
                          create_jobs_app                         None where the module is missing
    sender                <name>.entrypoints.sender:              (service) -> (stop) -> None;
                          create_sender                           None where the module is missing
    migrations            <name>/migrations                       Alembic's folder
    ====================  ======================================  ==================================

    Building a service opens no connection, so that it can be built before a fork.
    """

    settings: CommonSettings
    database: Database
    work_factory: WorkFactory[UnitOfWork] = UnitOfWork
    compacted: CompactedTopics = field(default_factory=CompactedTopics)
    # What waits for an operator beside events: by kind, a query for the times of all, the oldest first.
    waiting: Mapping[str, str] = field(default_factory=dict)
    # What a proposal rests on, by the first argument of its path: a query for one row by that id.
    standings: Mapping[str, str] = field(default_factory=dict)

    def open_work(self) -> AbstractContextManager[UnitOfWork]:
        """One transaction; commits at the end, unless an exception leaves it."""
        return self.database.begin(self.work_factory)

    @cached_property
    def subscriptions(self) -> Subscriptions[Any] | None:
        """What the consumer reads; None for a service without subscriptions."""
        create = self._entry_point("consumer", "create_subscriptions")
        return None if create is None else create(self)

    @cached_property
    def jobs_app(self) -> "App | None":
        """The worker's tasks; None for a service without outside work."""
        create = self._entry_point("worker", "create_jobs_app")
        return None if create is None else create(self)

    @cached_property
    def sender(self) -> Callable[[threading.Event], None] | None:
        """Sends until the event is set; None for a service without a sender."""
        create = self._entry_point("sender", "create_sender")
        return None if create is None else create(self)

    def dispose(self) -> None:
        self.database.dispose()

    def checks(self, process: str) -> Checks:
        """The readiness checks of a process.

        The web process stays ready while Kafka is unavailable, as the outbox keeps its events, and while
        the database only reads: pages and lists are shown, nobody else could show them. A worker goes
        on with other jobs while one of its dependencies is unavailable.
        """
        database = {"database": self.database.ping if process == "web" else self.database.ping_for_writing}
        if process == "worker":
            database["clock"] = self.database.expect_one_clock
        if process in {"worker", "sender"}:
            return Checks(database, self.outside_checks())
        from chassis.messaging.kafka_check import KafkaCheck  # noqa: PLC0415 (no worker needs Kafka)

        read = self.subscriptions.topics if process == "consumer" and self.subscriptions else ()
        kafka = {"kafka": KafkaCheck(self.settings.kafka, read)}
        return Checks(database, kafka) if process == "web" else Checks({**database, **kafka})

    def outside_checks(self) -> Mapping[str, Check]:
        """Checks of the worker's external dependencies, by name; a service adds its own."""
        return {}

    @property
    def migrations(self) -> Path:
        package = resolve_name(self.name)
        return Path(package.__path__[0]) / "migrations"

    def _entry_point(self, module: str, function: str) -> Callable[["Service"], Any] | None:
        path = f"{self.name}.entrypoints.{module}"
        try:
            found: Callable[[Service], Any] = resolve_name(f"{path}:{function}")
        except ModuleNotFoundError as error:
            if error.name == path:
                return None
            raise
        return found


class ServiceOf(Service, Generic[Work]):
    """A service whose transactions are units of work of a kind of its own."""

    work_factory: WorkFactory[Work]

    def open_work(self) -> AbstractContextManager[Work]:
        return self.database.begin(self.work_factory)


def database_of(settings: CommonSettings, *, pool_size: int = 10) -> Database:
    """The service's database, with the outbox for what the service emits. Opens no connection."""
    return Database(
        settings.database_url,
        events=Outbox(
            type_prefix=settings.event_type_prefix,
            source=settings.event_source,
            schemas_url=settings.schemas_url,
        ),
        timeouts=settings.database_timeouts,
        pool_size=pool_size,
        application_name=settings.service_name,
    )
