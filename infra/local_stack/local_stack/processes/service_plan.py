"""The processes of the services: first the migrations, then everything else."""

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from local_stack.machine.probes import answers_on, http_ok
from local_stack.port_plan import INTEGRATIONS, PROCESSES_OF, SITE_PATHS, PortPlan
from local_stack.processes.environments import Environments
from local_stack.processes.integrator import ensure_integrator
from local_stack.processes.process_spec import ProcessSpec
from local_stack.settings import REPOSITORY, StackSettings

TOPICS = REPOSITORY / "contracts" / "topics"
DRIFT = 3  # a topic differs in a way that is reported, but not changed


class ServicePlan:
    """Describes the services' processes for one stack."""

    def __init__(
        self, settings: StackSettings, environments: Environments, on_new_address: Callable[[], None]
    ) -> None:
        self._home = settings.home
        self._environments = environments
        self._ports = PortPlan(settings.port_base)
        self._on_new_address = on_new_address

    def specs(
        self, services: Sequence[str], database: Sequence[str], kafka: Sequence[str]
    ) -> Iterator[ProcessSpec]:
        """All of these services; `database` and `kafka` name the processes they depend on."""
        yield self._topics(tuple(kafka))
        for service in services:
            yield self._migration(service, tuple(database))
            for process in PROCESSES_OF[service]:
                yield self._process(service, process, (f"{service}-migrate", "topics", *database, *kafka))

    def console(self) -> ProcessSpec:
        """The ops team's pages; they start beside the services and wait for none."""
        port = self._ports.of("console")
        return ProcessSpec(
            name="console-web",
            command=_command("console", "web"),
            environment=self._environments.of_console,
            is_ready=http_ok(f"http://127.0.0.1:{port}/health/ready"),
            ports=(port,),
        )

    def site(self, fronts: Sequence[str]) -> ProcessSpec:
        """The one address of all pages; it starts beside the services and waits for none."""
        port = self._ports.of("site")
        leads = [("--lead", SITE_PATHS[front], self._ports.url(front)) for front in fronts]
        command = [sys.executable, "-m", "local_stack.stand_ins", "site", "--port", str(port)]
        return ProcessSpec(
            name="site",
            command=lambda: [*command, *chain.from_iterable(leads)],
            environment=self._environments.inherited,
            is_ready=answers_on(port),
            stops_before=tuple(f"{front}-web" for front in fronts),
            ports=(port,),
        )

    def _topics(self, after: tuple[str, ...]) -> ProcessSpec:
        """Create the topics of the contracts; every service has the same command."""
        return ProcessSpec(
            name="topics",
            command=_command("onboarding", "topics", "apply", "--contracts", str(TOPICS)),
            environment=self._environments.of_topics,
            after=after,
            once=True,
            good_exits=(0, DRIFT),
        )

    def _migration(self, service: str, after: tuple[str, ...]) -> ProcessSpec:
        return ProcessSpec(
            name=f"{service}-migrate",
            command=_command(service, "migrate"),
            environment=self._environment(service, "web"),
            after=after,
            once=True,
        )

    def _process(self, service: str, process: str, after: tuple[str, ...]) -> ProcessSpec:
        health = self._ports.health(service, process)
        serves = (self._ports.of(service), health) if process == "web" else (health,)
        return ProcessSpec(
            name=f"{service}-{process}",
            command=_command(service, process),
            environment=self._environment(service, process),
            is_ready=http_ok(f"http://127.0.0.1:{serves[0]}/health/ready"),
            after=after,
            ports=serves,
            once_ready=self._make_integrator if (service, process) == (INTEGRATIONS, "web") else None,
        )

    def _make_integrator(self) -> None:
        ensure_integrator(self._home, self._ports.url(INTEGRATIONS), self._environments.ops_token)
        self._on_new_address()

    def _environment(self, service: str, process: str) -> Callable[[], dict[str, str]]:
        return lambda: self._environments.of(service, process)


def _command(service: str, *arguments: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-m", service, *arguments]
