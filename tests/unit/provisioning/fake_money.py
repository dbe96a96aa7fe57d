"""What runs in accounts and what is billed for them, in memory."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chassis.failures import Failure
from provisioning.domain.prices import RunningThing, Runs, Seen
from provisioning.domain.steps import Cause
from provisioning.handlers.money_ports import Billed, BilledDay


def machines(type_: str, region: str = "us-east-1") -> RunningThing:
    return RunningThing(kind=Runs.INSTANCE, type=type_, region=region)


@dataclass
class FakeWatcher:
    """Implements the port `AccountWatcher`; ``trouble`` is raised for accounts that cannot be looked at."""

    seen: dict[str, Seen] = field(default_factory=dict)
    trouble: dict[str, Failure] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    looks: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    def look(self, account_id: str, used_since: datetime, used_until: datetime) -> Seen:
        self.looks.append((account_id, used_since, used_until))
        if account_id in self.trouble:
            raise self.trouble[account_id]
        return self.seen.get(account_id, Seen(used=()))

    def stop(self, account_id: str) -> None:
        self.stopped.append(account_id)
        self.seen[account_id] = Seen(used=())


@dataclass
class FakeBills:
    """Implements the port `Bills`: what AWS knows by now."""

    days: list[BilledDay] = field(default_factory=list)
    unreadable: dict[str, Cause] = field(default_factory=dict)
    trouble: Failure | None = None
    readings: list[tuple[tuple[str, ...], date]] = field(default_factory=list)

    def read(self, account_ids: Collection[str], since: date, until: date) -> Billed:
        self.readings.append((tuple(account_ids), since))
        if self.trouble:
            raise self.trouble
        asked = set(account_ids) - self.unreadable.keys()
        days = [one for one in self.days if one.account_id in asked and since <= one.day < until]
        return Billed(
            days=days,
            unreadable={one: why for one, why in self.unreadable.items() if one in account_ids},
        )


@dataclass
class SimulatedClock:
    """Stands for `chassis.clock.now`."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)
