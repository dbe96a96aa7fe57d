"""Who is killed, stopped and repeated, and when: drawn from the seed, until enough has happened."""

import random
import threading
import time
from collections.abc import Callable

import psutil

from fault_runner.evidence import Evidence
from fault_runner.order import FaultsOrder
from fault_runner.republishing import Republishing
from local_stack.machine.running import is_running
from local_stack.port_plan import EVERY_SERVICE, PROCESSES_OF
from local_stack.settings import StackSettings
from local_stack.supervisor.operating import CannotOperate, start_process, stop_process
from local_stack.supervisor.state_file import RunFolder


class Chaos:
    """Goes on in a thread of its own from `start` until enough kills are in the evidence, or `stop`."""

    def __init__(
        self,
        settings: StackSettings,
        order: FaultsOrder,
        evidence: Evidence,
        republishing: Republishing,
        *,
        kills: int,
        kills_per_second: float,
    ) -> None:
        self._settings = settings
        self._run_folder = RunFolder(settings.home)
        self._dice = random.Random(f"{order.seed}/chaos")  # noqa: S311 - chance to be repeated, no secret
        self._calm = order.calm
        self._evidence = evidence
        self._republishing = republishing
        self._kills = kills
        self._pause_seconds = 1.0 / kills_per_second
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chaos", daemon=True)
        self._others: list[threading.Thread] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it, but for failpoints, and wait until whatever was stopped runs again."""
        self._stop.set()
        self._thread.join()
        for thread in self._others:
            thread.join()

    def calm_failpoints(self) -> None:
        """From now on nobody is killed at failpoints."""
        self._calm.touch()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        big = self._big_events()
        while not self._stop.is_set() and (kills := self._evidence.count("kill")) < self._kills:
            if big and kills >= big[0][0]:
                _, event = big.pop(0)
                thread = threading.Thread(target=event, name=event.__name__, daemon=True)
                self._others.append(thread)
                thread.start()
            elif self._dice.random() < 0.1:
                self._republishing.ask(self._dice)
            else:
                self._kill_one()
            self._stop.wait(self._dice.uniform(0.3, 1.7) * self._pause_seconds)

    def _big_events(self) -> list[tuple[int, Callable[[], None]]]:
        """After how many kills a broker or PostgreSQL goes away: with both once in every sixty, or in all."""
        order = [self._restart_broker, self._restart_postgres]
        self._dice.shuffle(order)
        events = 2 * max(1, self._kills // 60)
        return [
            (self._kills * (1 + 2 * number) // (2 * events), order[number % 2]) for number in range(events)
        ]

    def _kill_one(self) -> None:
        service = self._dice.choice(EVERY_SERVICE)
        process = self._dice.choice(PROCESSES_OF[service])
        name = f"{service}-{process}"
        state = self._run_folder.read()
        record = None if state is None else state.find(name)
        running = None if record is None else record.process()
        if running is None:
            return
        try:
            workers = list(filter(is_running, running.children())) if process == "web" else []
            # Of a web process mostly one of its workers, now and then the master with all of them.
            victim = self._dice.choice(workers) if workers and self._dice.random() < 0.7 else running
            victim.kill()
        except psutil.NoSuchProcess:
            return
        self._evidence.note("kill", process=name, place="by chance", pid=victim.pid)

    def _restart_broker(self) -> None:
        if self._settings.kafka_nodes > 1:
            self._restart(f"kafka-{self._dice.randint(1, self._settings.kafka_nodes)}", 4.0)

    def _restart_postgres(self) -> None:
        self._restart("postgres", 1.0)

    def _restart(self, name: str, away_seconds: float) -> None:
        self._evidence.note("fault", target=name, fault="stopped", seconds=away_seconds)
        try:
            stop_process(self._settings, name)
            time.sleep(away_seconds)
        finally:
            self._start_again(name)

    def _start_again(self, name: str) -> None:
        try:
            start_process(self._settings, name)
            self._evidence.note("back", target=name)
        except CannotOperate as error:
            self._evidence.note("not back", target=name, cause=str(error))
