"""All proxies of a run, on an event loop in a thread of their own."""

import asyncio
import threading
from collections.abc import Mapping
from types import TracebackType

from fault_runner.evidence import Evidence
from fault_runner.fault_plan import FaultPlan, Mishap, risk_of
from fault_runner.proxy import Proxy


class Proxies:
    """Start them with `with`; ``ports`` tells where each target is reached."""

    def __init__(self, targets: Mapping[str, int], seed: str, evidence: Evidence) -> None:
        self._plans = {name: FaultPlan(f"{seed}/{name}", risk_of(name)) for name in targets}
        self._proxies = {
            name: Proxy(port, self._plans[name], _Teller(name, evidence)) for name, port in targets.items()
        }
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxies", daemon=True)
        self.targets = dict(targets)
        self.ports: dict[str, int] = {}

    def __enter__(self) -> "Proxies":
        self._thread.start()
        for name, proxy in self._proxies.items():
            self.ports[name] = asyncio.run_coroutine_threadsafe(proxy.start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for proxy in self._proxies.values():
            asyncio.run_coroutine_threadsafe(proxy.stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def calm(self) -> None:
        """From now on nothing goes wrong with new connections."""
        for plan in self._plans.values():
            plan.calm()


class _Teller:
    """Writes each mishap into the evidence."""

    def __init__(self, target: str, evidence: Evidence) -> None:
        self._target = target
        self._evidence = evidence

    def __call__(self, mishap: Mishap) -> None:
        self._evidence.note("fault", target=self._target, fault=mishap.fault)
