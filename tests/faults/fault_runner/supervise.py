"""The supervisor of a stack under faults: `python -m fault_runner.supervise`, started by a run.

The stack is the usual one, but each process of a service speaks to the outside through our proxies, runs
inside `fault_runner.instrumented`, and starts also while a broker or the database is away.
"""

import itertools
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from fault_runner.order import FaultsOrder
from local_stack.kafka_cluster.node import listeners
from local_stack.port_plan import PROCESSES_OF
from local_stack.processes.process_spec import ProcessSpec
from local_stack.supervisor.supervise import main

_ADDRESS_OF = {"postgres": "DATABASE_URL", "aws": "AWS_ENDPOINT_URL", "scim": "SCIM_URL"}
BROKER = re.compile(r"kafka-\d+")


def under_faults(order: FaultsOrder) -> Callable[[ProcessSpec], ProcessSpec]:
    """What becomes of each process of the stack."""

    def changed(spec: ProcessSpec) -> ProcessSpec:
        service, _, process = spec.name.partition("-")
        if BROKER.fullmatch(spec.name) and spec.name in order.proxies:
            return _led_through_proxy(spec, order)
        if process not in PROCESSES_OF.get(service, ()):
            return spec
        starts = itertools.count(1)

        def command() -> list[str]:
            return [sys.executable, "-m", "fault_runner.instrumented", service, process]

        def environment() -> dict[str, str]:
            seed = f"{order.seed}/{spec.name}/{next(starts)}"
            return redirected(dict(spec.environment()), order.proxies) | {
                "FAILPOINTS_SEED": seed,
                "FAILPOINTS": order.failpoints_of(service),
            }

        waits_for = tuple(name for name in spec.after if name != "postgres" and not BROKER.fullmatch(name))
        stops_before = tuple(name for name in spec.after if name not in waits_for)
        changed = replace(spec, command=command, environment=environment, once_ready=None)
        return replace(changed, after=waits_for, stops_before=stops_before)

    return changed


def _led_through_proxy(spec: ProcessSpec, order: FaultsOrder) -> ProcessSpec:
    """A broker that sends the services' clients on to its proxy, and nobody else."""
    broker_port, controller_port, *_ = spec.ports
    target, proxy = order.targets[spec.name], order.proxies[spec.name]
    listener = _second_listener(broker_port, controller_port, target, proxy)
    return replace(spec, command=lambda: [*spec.command(), *listener], ports=(*spec.ports, target))


def _second_listener(broker_port: int, controller_port: int, port: int, advertised_port: int) -> list[str]:
    """Return arguments for a node's command: who comes by `port` is sent on to `advertised_port`.

    So clients may be led through a proxy while the nodes speak to each other directly.
    """
    settings = listeners(broker_port, controller_port)
    settings["listeners"] += f",PROXIED://127.0.0.1:{port}"
    settings["advertised.listeners"] += f",PROXIED://127.0.0.1:{advertised_port}"
    settings["listener.security.protocol.map"] += ",PROXIED:PLAINTEXT"
    return [part for name, value in settings.items() for part in ("--override", f"{name}={value}")]


def redirected(environment: dict[str, str], ports: Mapping[str, int]) -> dict[str, str]:
    """The environment with the address of each proxied target replaced by its proxy's."""
    for target, variable in _ADDRESS_OF.items():
        if target in ports and environment.get(variable):
            environment[variable] = _at_port(environment[variable], ports[target])
    brokers = [f"127.0.0.1:{port}" for name, port in ports.items() if BROKER.fullmatch(name)]
    if brokers:
        environment["KAFKA_BOOTSTRAP_SERVERS"] = ",".join(brokers)
    if "smtp" in ports and "SMTP_PORT" in environment:
        environment["SMTP_PORT"] = str(ports["smtp"])
    return environment


def _at_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    account, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{account}{at}127.0.0.1:{port}"))


if __name__ == "__main__":
    sys.exit(main(under_faults(FaultsOrder.from_environment(os.environ))))
