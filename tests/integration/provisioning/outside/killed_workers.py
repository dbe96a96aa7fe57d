"""The random run with the worker as a process of its own, on PostgreSQL, killed by chance while it works."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres
from tests.integration.provisioning.outside.hostile_proxy import HostileProxy, Mishap
from tests.integration.provisioning.outside.random_outsider import RandomRun
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.products import PRODUCTS

from provisioning.domain.findings import Thing
from provisioning.domain.grants import Grant
from provisioning.handlers.make_rounds import make_rounds
from provisioning.handlers.ports import Work

_WORKED_OFF_WITHIN_SECONDS = 300
_MORTALITY = 0.015
_UNTIL_THE_FIRST = 0.1  # so that no run ends without a kill
_UNFINISHED = text(
    "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    " AND task_name LIKE '%advance%' AND (scheduled_at IS NULL OR scheduled_at < now() + interval '1 minute')"
)
_NOT_LOOKED_AT = text("SELECT count(*) FROM grants WHERE look_at <= :since")


class MortalWorker:
    """A worker that is started anew whenever it was killed, until it is told to `stop`."""

    def __init__(self, environ: Mapping[str, str], folder: Path) -> None:
        self._environ = {**os.environ, **environ}
        self._log = (folder / "worker.log").open("ab")
        self._ends = threading.Event()
        self._process = self._begun()
        self.kills = 0
        self._thread = threading.Thread(target=self._go, daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """As the system does when memory is short: nothing is finished, nothing said."""
        self._process.kill()
        self.kills += 1

    def stop(self) -> None:
        self._ends.set()
        self._thread.join()
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _go(self) -> None:
        while not self._ends.wait(0.1):
            if self._process.poll() is not None:
                self._process = self._begun()

    def _begun(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "provisioning", "worker"]
        return subprocess.Popen(command, env=self._environ, stdout=self._log, stderr=self._log)


class KilledWorkersRun(RandomRun):
    """Events and clicks come from here; everything outside is done by the process."""

    def __init__(
        self,
        world: World,
        proxy: HostileProxy,
        seed: str,
        provisioning: ProvisioningOnPostgres,
        worker: MortalWorker,
    ) -> None:
        self._on_postgres = provisioning
        self._worker = worker
        super().__init__(world, proxy, seed)

    def _set_up(self) -> None:
        """The process has its own connection to the CRM, which goes past the trouble of others."""

    def _interfere(self, operation: str, number: int) -> Mishap | None:
        """Now and then the worker dies in a call to AWS, which is done or not."""
        mortality = _MORTALITY if self._worker.kills else _UNTIL_THE_FIRST
        if not self._sabotage.is_calm and self._dice.random() < mortality:
            self._worker.kill()
            return None if self._dice.random() < 0.5 else Mishap("InternalFailure", status=500)
        return super()._interfere(operation, number)

    def _plan(self) -> UUID:
        return self._on_postgres.plan(*PRODUCTS)

    def _open(self) -> AbstractContextManager[Work]:
        return self._on_postgres.service.open_work()

    def _tell(self, partner_id: UUID, name: str) -> None:
        facts = {
            "partner_id": str(partner_id),
            "reason": "Drawn.",
            "decided_by": "dice",
            "requested_by": "dice",
        }
        self._on_postgres.hear(name, facts)

    def _work_off(self) -> None:
        """Wait until nothing is due within a minute; a worker that was killed lets others wait for it."""
        deadline = time.monotonic() + _WORKED_OFF_WITHIN_SECONDS
        while self._unfinished():
            if time.monotonic() > deadline:
                raise AssertionError("the jobs never come to an end")
            time.sleep(0.2)

    def _unfinished(self) -> int:
        with self._on_postgres.service.database.engine.begin() as connection:
            return int(connection.execute(_UNFINISHED).scalar_one())

    def _make_rounds(self) -> None:
        """As often as it takes: who finds its people held by another grant comes in the next round."""
        deadline = time.monotonic() + _WORKED_OFF_WITHIN_SECONDS
        with self._on_postgres.service.open_work() as work:
            work.connection.execute(text("UPDATE grants SET look_at = now() WHERE look_at IS NOT NULL"))
            rounds_began_at = work.database_now()
        while self._begin_looks(rounds_began_at):
            if time.monotonic() > deadline:
                raise AssertionError("the looks never come to an end")
            self._work_off()

    def _begin_looks(self, since: datetime) -> int:
        """Return of how many grants the look is due since then."""
        with self._on_postgres.service.open_work() as work:
            make_rounds(work)
            return int(work.connection.execute(_NOT_LOOKED_AT, {"since": since}).scalar_one())

    def _stop_killing(self) -> None:
        self.result.kills = self._worker.kills

    def _answers(self, grants: list[Grant], thing: Thing) -> bool:
        with self._on_postgres.service.open_work() as work:
            return work.findings.owners([thing])[0].is_live
