"""From application to active at a steady rate, waits for people taken out, beside a bare script.

Both make the same things at the same stand-ins and send the same mails to the same mail server; how many
calls each needs for that is told with its figures. Where the bare script itself falls behind the rate, waits
say how long the run was, so there is no goal to reach. The processor time is that of our services alone,
without Kafka and PostgreSQL, at the lowest rate.
"""

import itertools
import json
import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any

from tests.benchmarks.example_partners import Application, emails_of, example_applications
from tests.benchmarks.figures import Comparison, Result
from tests.benchmarks.options import Options
from tests.benchmarks.outside_world import OutsideWorld
from tests.benchmarks.partner_ways import Waits
from tests.benchmarks.progress import say
from tests.benchmarks.servers import Servers
from tests.benchmarks.steady_arrivals import at_steady_rate
from tests.benchmarks.turns import Turns
from tests.benchmarks.whole_stack import WholeStack, whole_stack

# One round of the examples for each side to wake up; then whole rounds, so that all turns have the same mix.
WARM_UP = 7
PARTNERS_BY_RATE = {5.0: 35, 1.0: 21}
MEASURED_ALONE = min(PARTNERS_BY_RATE)
CPU_RATIO_MOST = 3.0
# A queue that grows makes those who come last wait longer than those who came first.
LATE_RATIO_MOST = 1.5

# Of those who keep pace, few are under way at any time.
BEHIND = 1 / 3


class Side:
    """One side at one rate, turn by turn."""

    def __init__(self, name: str, per_second: float) -> None:
        self._per_second = per_second
        self._under_way: list[float] = []
        self.p50 = Turns(name)
        self.p99 = Turns(name)
        self.cpu = Turns(name)
        self.first = Turns("the first third")
        self.last = Turns("the last third")

    def add(self, waits: list[Waits], own_cpu_ms: float, **used: float) -> None:
        """Keep a turn; what was used is told for each partner, the warm-up's as well."""
        self.cpu.add({"own CPU ms": own_cpu_ms})
        waits = waits[WARM_UP:]
        self._under_way.append(self._share_under_way(waits))
        totals = [wait.total * 1000 for wait in waits]
        parts = {
            "to the first mail": [wait.verification_mail for wait in waits],
            "to the second mail": [wait.approval_mail for wait in waits],
            "to everything": [wait.everything for wait in waits],
        }
        medians = {f"{name} ms": median(seconds) * 1000 for name, seconds in parts.items()}
        behind = {"under way at the end %": self._under_way[-1] * 100}
        self.p50.add({"p50 ms": median(totals)} | medians | behind | used)
        self.p99.add({"p99 ms": quantiles(totals, n=100, method="inclusive")[98], "longest ms": max(totals)})
        third = len(totals) // 3
        self.first.add({"p50 ms": median(totals[:third])})
        self.last.add({"p50 ms": median(totals[-third:])})

    @property
    def keeps_pace(self) -> bool:
        return median(self._under_way) < BEHIND

    def _share_under_way(self, waits: list[Waits]) -> float:
        """How many of all still wait when the last one comes."""
        since = [place / self._per_second for place in reversed(range(len(waits)))]
        still = [wait for wait, seconds in zip(waits, since, strict=True) if wait.total > seconds]
        return len(still) / len(waits)


def run(servers: Servers, options: Options) -> list[Result]:
    """Ours and the bare script in turn, each with an outside world in which nothing was made yet."""
    sides = {rate: (Side("Gangway", rate), Side("bare script", rate)) for rate in PARTNERS_BY_RATE}
    numbers = itertools.count()
    with ExitStack() as stack:
        world = stack.enter_context(OutsideWorld(servers))
        with world.anew():
            gangway = stack.enter_context(whole_stack(servers, world.environ))
        for _ in range(options.repetitions):
            for per_second, (ours, bare) in sides.items():
                count = WARM_UP + PARTNERS_BY_RATE[per_second]
                say(f"  {per_second:g} partners/s")
                applications = example_applications(next(numbers), count)
                mails = _ours(gangway, world, applications, per_second, ours)
                companies = _companies(example_applications(next(numbers), count), mails)
                _bare(servers, world, companies, per_second, bare)
        memory = gangway.memory_mib()
    return [
        result
        for per_second, (ours, bare) in sides.items()
        for result in _compared(per_second, ours, bare, memory)
    ]


def _compared(per_second: float, ours: Side, bare: Side, memory: Mapping[str, float]) -> Iterator[Result]:
    what = f"application to active, {per_second:g}/s"
    goal = 2.0 if bare.keeps_pace else None
    what += "" if bare.keeps_pace else " (more than this machine bears)"
    for name, mine, theirs in (("p50", ours.p50, bare.p50), ("p99", ours.p99, bare.p99)):
        sides = {"ours": mine.side(memory), "beside": theirs.side()}
        yield Comparison(what=f"{what}, {name} ms", **sides, goal=goal, better="less")
    thirds = {"ours": ours.last.side(), "beside": ours.first.side()}
    late_goal = LATE_RATIO_MOST if bare.keeps_pace else None
    yield Comparison(what=f"{what}, those who come last", **thirds, goal=late_goal, better="less")
    if per_second == MEASURED_ALONE:
        used = {"ours": ours.cpu.side(memory), "beside": bare.cpu.side()}
        yield Comparison(what="own CPU ms per onboarding", **used, goal=CPU_RATIO_MOST, better="less")


def _ours(
    gangway: WholeStack, world: OutsideWorld, applications: list[Application], per_second: float, side: Side
) -> list[int]:
    """Take one turn; how many mails each partner's people got."""
    with world.anew(), gangway.ways(world.sink) as ways:
        before = gangway.own_cpu_seconds(), gangway.cpu_seconds(), world.cpu_seconds()
        waits = at_steady_rate(applications, per_second, ways.go)
        mails = _settled_mails(world, applications)
        after = gangway.own_cpu_seconds(), gangway.cpu_seconds(), world.cpu_seconds()
        own, all_of_it, outside = (late - early for late, early in zip(after, before, strict=True))
        used = _used(world, len(applications), all_of_it, outside, sum(mails))
        side.add(waits, own / len(applications) * 1000, **used)
    return mails


def _companies(applications: list[Application], mails: list[int]) -> list[dict[str, Any]]:
    """The bare script's plan; two of the mails come before the end."""
    return [
        {"application": application, "mails_at_end": count - 2}
        for application, count in zip(applications, mails, strict=True)
    ]


def _bare(
    servers: Servers, world: OutsideWorld, companies: list[dict[str, Any]], per_second: float, side: Side
) -> None:
    plan = servers.folder / "bare-plan.json"
    plan.write_text(json.dumps(companies))
    with world.anew():
        before = _children_cpu_seconds(), world.cpu_seconds()
        command = ["-m", "tests.benchmarks.bare_onboarding", str(plan), str(per_second)]
        told = servers.ask("bare-onboarding", command, world.environ)
        used = _children_cpu_seconds() - before[0], world.cpu_seconds() - before[1]
        sent = sum(_settled_mails(world, [company["application"] for company in companies]))
        waits = [Waits(*seconds) for seconds in json.loads(told)]
        side.add(waits, used[0] / len(companies) * 1000, **_used(world, len(companies), *used, sent))


def _used(world: OutsideWorld, partners: int, cpu: float, outside_cpu: float, mails: int) -> dict[str, float]:
    calls = world.calls()
    to_directory = sum(count for kind, count in calls.items() if kind.startswith("directory"))
    return {
        "calls to AWS": (sum(calls.values()) - to_directory) / partners,
        "calls to the directory": to_directory / partners,
        "mails": mails / partners,
        "CPU ms, Kafka and PostgreSQL included": cpu / partners * 1000,
        "CPU ms outside": outside_cpu / partners * 1000,
    }


def _settled_mails(world: OutsideWorld, applications: list[Application]) -> list[int]:
    """How many mails each partner's people got, once no more come."""
    seen: list[int] = []
    while True:
        found = [len(world.sink.mails_to(emails_of(application))) for application in applications]
        if found == seen:
            return found
        seen = found
        time.sleep(2)


def _children_cpu_seconds() -> float:
    """Of the programs that were run to their end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
