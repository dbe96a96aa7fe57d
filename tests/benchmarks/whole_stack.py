"""The whole of Gangway as `make up` starts it, on an outside world of the run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.access_watch import AccessWatch
from tests.benchmarks.mail_sink import MailSink
from tests.benchmarks.memory import cpu_seconds, memory_mib
from tests.benchmarks.partner_ways import PartnerWays
from tests.benchmarks.servers import Servers
from tests.end_to_end.stacks import LocalStack, new_stack

from local_stack.port_plan import SERVICES
from local_stack.supervisor.state_file import RunFolder


@dataclass(frozen=True)
class WholeStack:
    """A stack that runs."""

    stack: LocalStack

    @contextmanager
    def ways(self, sink: MailSink) -> Iterator[PartnerWays]:
        """For partners whose mails come to this server."""
        addresses = self.stack.addresses
        access = AccessWatch(addresses["kafka"])
        access.start()
        ways = PartnerWays(addresses["onboarding"], sink, access)
        try:
            yield ways
        finally:
            ways.close()
            access.stop()

    def cpu_seconds(self) -> float:
        """The processor time that all its processes have used, Kafka and PostgreSQL included."""
        return sum(cpu_seconds(pid) for pid in self._pids().values())

    def own_cpu_seconds(self) -> float:
        """The same of our services alone."""
        own = tuple(f"{service}-" for service in SERVICES)
        return sum(cpu_seconds(pid) for name, pid in self._pids().items() if name.startswith(own))

    def memory_mib(self) -> dict[str, float]:
        """What they hold now."""
        return {name: memory_mib(pid) for name, pid in self._pids().items()}

    def _pids(self) -> dict[str, int]:
        state = RunFolder(Path(self.stack.environ["GANGWAY_HOME"])).read()
        processes = state.processes if state is not None else []
        return {record.name: record.pid for record in processes if record.pid is not None}


@contextmanager
def whole_stack(servers: Servers, environ: Mapping[str, str]) -> Iterator[WholeStack]:
    """Start it with one node of Kafka; raises RuntimeError with what it said when it does not come up."""
    # What is measured are the services, not what stands in for a gateway.
    stack = new_stack(servers.new_folder("stack"), KAFKA_NODES="1", GANGWAY_SITE="no", **environ)
    started = stack.gangway("up")
    try:
        if started.returncode != 0:
            raise RuntimeError(f"{started.stdout}\n{started.stderr}")
        yield WholeStack(stack)
    finally:
        stack.gangway("down")
