"""The supervisor of a stack under faults: `python -m gangway.faults.supervise`, started by a run.

The stack is the usual one, but each process of a service speaks to the outside through our proxies, runs
inside `gangway.faults.instrumented`, and starts also while a broker is away.
"""

import itertools
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from gangway.faults.order import FaultsOrder
from gangway.stack.port_plan import PROCESSES, SERVICES
from gangway.stack.process_spec import ProcessSpec
from gangway.stack.supervise import main

_ADDRESS_OF = {"postgres": "DATABASE_URL", "aws": "AWS_ENDPOINT_URL", "scim": "SCIM_URL"}
_BROKER = re.compile(r"kafka-\d+")


def under_faults(order: FaultsOrder) -> Callable[[ProcessSpec], ProcessSpec]:
    """What becomes of each process of the stack."""

    def changed(spec: ProcessSpec) -> ProcessSpec:
        service, _, process = spec.name.partition("-")
        if service not in SERVICES or process not in PROCESSES:
            return spec
        starts = itertools.count(1)

        def command() -> list[str]:
            return [sys.executable, "-m", "gangway.faults.instrumented", service, process]

        def environment() -> dict[str, str]:
            seed = f"{order.seed}/{spec.name}/{next(starts)}"
            return redirected(dict(spec.environment()), order.proxies) | {
                "FAILPOINTS_SEED": seed,
                "FAILPOINTS": order.failpoints,
            }

        waits_for = tuple(name for name in spec.after if not _BROKER.fullmatch(name))
        return replace(spec, command=command, environment=environment, after=waits_for)

    return changed


def redirected(environment: dict[str, str], ports: Mapping[str, int]) -> dict[str, str]:
    """The environment with the address of each proxied target replaced by its proxy's."""
    for target, variable in _ADDRESS_OF.items():
        if target in ports and environment.get(variable):
            environment[variable] = _at_port(environment[variable], ports[target])
    if "smtp" in ports and "SMTP_PORT" in environment:
        environment["SMTP_PORT"] = str(ports["smtp"])
    return environment


def _at_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    account, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{account}{at}127.0.0.1:{port}"))


if __name__ == "__main__":
    sys.exit(main(under_faults(FaultsOrder.from_environment(os.environ))))
