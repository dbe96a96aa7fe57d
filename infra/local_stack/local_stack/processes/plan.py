"""The whole stack as one list of processes, built from the settings."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from local_stack.databases import ensure_database
from local_stack.kafka_cluster.choice import AnyCluster, choose_cluster
from local_stack.kafka_cluster.cluster import KafkaAddress
from local_stack.kafka_cluster.embedded import EmbeddedKafka
from local_stack.kafka_cluster.security import PLAIN
from local_stack.keys import keep_keys
from local_stack.port_plan import EVERY_SERVICE, PortPlan
from local_stack.processes.backing_plan import BackingPlan
from local_stack.processes.environments import OBSERVER, Environments
from local_stack.processes.process_spec import ProcessSpec
from local_stack.processes.service_plan import ServicePlan
from local_stack.settings import StackSettings
from operator_cli.private_files import write_private_json


@dataclass(frozen=True)
class StackPlan:
    """What to run, and what to do before."""

    specs: list[ProcessSpec]
    kafka: AnyCluster | None
    write_addresses: Callable[[], None]
    prepare_outside: Callable[[], None]


def plan_stack(settings: StackSettings, say: Callable[[str], None]) -> StackPlan:
    """Decide which processes make up the stack.

    Generates the stack's secrets and downloads Kafka's jars if they are missing. Raises KafkaUnavailable and
    CannotStepDown.
    """
    keys = keep_keys(settings.home)
    kafka = _kafka(settings, say)
    environments = Environments(settings, keys, lambda: _kafka_address(settings, kafka))

    def write_addresses() -> None:
        write_private_json(settings.home / "addresses.json", environments.addresses())

    def prepare_outside() -> None:
        if settings.postgres_url is not None:
            for service in settings.services:
                password = environments.database_password(service)
                ensure_database(settings.postgres_url, service, service, password)

    backing = list(BackingPlan(settings, keys, environments).specs(kafka, write_addresses))
    database = [spec.name for spec in backing if spec.name == "postgres"]
    brokers = [spec.name for spec in backing if spec.name.startswith("kafka")]
    plan = ServicePlan(settings, environments, write_addresses)
    services = list(plan.specs(settings.services, database, brokers))
    if settings.with_console:
        services.append(plan.console())
    if settings.with_site:
        services.append(plan.site(settings.fronts))
    specs = [*backing, *services] if settings.with_services else backing
    return StackPlan(specs, kafka, write_addresses, prepare_outside)


def _kafka(settings: StackSettings, say: Callable[[str], None]) -> AnyCluster | None:
    if settings.kafka_servers is not None:
        say(f"Kafka: outside, at {settings.kafka_servers}")
        return None
    ports = PortPlan(settings.port_base)
    return choose_cluster(
        settings.folder("kafka"),
        os.environ,
        say,
        broker_ports=ports.kafka("clients", settings.kafka_nodes),
        controller_ports=ports.kafka("controllers", settings.kafka_nodes),
        mode=settings.kafka_security,
        users=(*EVERY_SERVICE, OBSERVER),
        internal_ports=ports.kafka("internal", settings.kafka_nodes),
        users_ports=ports.kafka("internal", settings.kafka_nodes) if settings.kafka_security == PLAIN else (),
    )


def _kafka_address(settings: StackSettings, kafka: AnyCluster | None) -> KafkaAddress:
    if isinstance(kafka, EmbeddedKafka):
        return kafka.address() or KafkaAddress("embedded", "127.0.0.1:1", None)
    if kafka is not None:
        return kafka.address
    return KafkaAddress("outside", settings.kafka_servers or "", settings.kafka_api_version)
