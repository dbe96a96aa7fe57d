"""Sign-up requests per second, beside a bare Flask endpoint that inserts one row, and the usual way."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import MetaData
from tests.benchmarks.applications import application_requests
from tests.benchmarks.bare_web import applications
from tests.benchmarks.figures import Comparison, Result
from tests.benchmarks.http_load import http_load
from tests.benchmarks.memory import cpu_seconds, memory_mib
from tests.benchmarks.onboarding_service import environment, onboarding_database, onboarding_process
from tests.benchmarks.options import Options
from tests.benchmarks.servers import Servers, await_http
from tests.benchmarks.turns import Turns
from tests.benchmarks.usual_rows import Row
from tests.benchmarks.wide_limits import write_wide_limits

from chassis.database.pool import make_engine
from local_stack.machine.ports import find_free_port
from local_stack.processes.environments import LOCAL_LIMITS

# Short turns, many of them: what else happens on the machine then falls on both sides.
REQUESTS = 1_000
TURNS = 3
WARM_UP = 500
CONNECTIONS = 24


@dataclass(frozen=True)
class WebServer:
    """A process that takes applications."""

    port: int
    process: subprocess.Popen[bytes]
    postgres_pid: int

    def load(self, count: int) -> dict[str, float]:
        """Send so many applications, all of which must be taken; what that cost, by name."""
        requests = application_requests(count)
        pids = {"web": self.process.pid, "PostgreSQL": self.postgres_pid}
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        seen = http_load(self.port, requests, connections=CONNECTIONS, status=202)
        used = {name: cpu_seconds(pid) - before[name] for name, pid in pids.items()}
        return {
            "requests/s": seen.requests_per_second,
            "p50 ms": seen.milliseconds(50),
            "p99 ms": seen.milliseconds(99),
            "web CPU ms": used["web"] / count * 1000,
            "PostgreSQL CPU ms": used["PostgreSQL"] / count * 1000,
        }

    def memory_mib(self) -> dict[str, float]:
        """What its processes hold now."""
        return {"web": memory_mib(self.process.pid)}


def run(servers: Servers, options: Options) -> list[Result]:
    """Ours, ours without limits, and the baselines in turn, none with anything else running."""
    with ExitStack() as stack:
        limits = write_wide_limits(Path(stack.enter_context(TemporaryDirectory())))
        limited, unlimited = (stack.enter_context(onboarding_database(servers)) for _ in range(2))
        sides = {
            Turns("Gangway"): stack.enter_context(sign_up_server(servers, limited, limits)),
            Turns("Gangway without limits"): stack.enter_context(sign_up_server(servers, unlimited)),
            Turns("usual Flask and ORM"): stack.enter_context(
                baseline_server(servers, "usual_web", Row.metadata)
            ),
            Turns("bare Flask"): stack.enter_context(
                baseline_server(servers, "bare_web", applications.metadata)
            ),
        }
        for server in sides.values():
            server.load(WARM_UP)
        for _ in range(options.repetitions * TURNS):
            for turns, server in sides.items():
                turns.add(server.load(REQUESTS))
        ours, without, usual, bare = (turns.side(server.memory_mib()) for turns, server in sides.items())
    return [
        Comparison(what="sign-up requests/s", ours=ours, beside=bare, goal=0.45),
        Comparison(what="sign-up requests/s, same work", ours=ours, beside=usual, goal=1.5),
        Comparison(what="sign-up requests/s, limits counted", ours=ours, beside=without, goal=0.9),
    ]


@contextmanager
def sign_up_server(servers: Servers, database_url: str, limits: Path = LOCAL_LIMITS) -> Iterator[WebServer]:
    """Onboarding's web process, nobody limited unless told else; no relay and no worker."""
    port = find_free_port()
    settings = {"BIND": f"127.0.0.1:{port}", "LIMITS_FILE": str(limits)}
    with onboarding_process(servers, "web", database_url, **settings) as process:
        await_http(f"http://127.0.0.1:{port}/v1/agreements/current", process)
        yield WebServer(port, process, servers.postgres_pid)


@contextmanager
def baseline_server(servers: Servers, module: str, tables: MetaData) -> Iterator[WebServer]:
    """A baseline, under gunicorn with the settings of our services."""
    port = find_free_port()
    with servers.database("baseline") as url:
        engine = make_engine(url)
        tables.create_all(engine)
        engine.dispose()
        environ = environment(url) | {"BIND": f"127.0.0.1:{port}"}
        gunicorn = ["-m", "gunicorn", "--config", str(Path(__file__).with_name("bare_gunicorn.conf.py"))]
        command = [*gunicorn, f"tests.benchmarks.{module}:create_app({url!r})"]
        with servers.process(module, command, environ) as process:
            await_http(f"http://127.0.0.1:{port}/", process)
            yield WebServer(port, process, servers.postgres_pid)
