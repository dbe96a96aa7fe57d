"""One run: a stack of its own, partners, trouble, quiet, and then the comparison."""

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import yaml

from chassis.messaging.kafka_clients import KafkaAddress, make_admin
from chassis.messaging.topics import TopicKeeper, read_topics
from gangway.faults.chaos import Chaos
from gangway.faults.checks.mails import count_repeated_mails
from gangway.faults.checks.topics import count_repetitions
from gangway.faults.checks.verdict import Verdict, judge
from gangway.faults.collect import collect
from gangway.faults.evidence import Evidence
from gangway.faults.load import live
from gangway.faults.order import FaultsOrder
from gangway.faults.proxies import Proxies
from gangway.faults.quiet import wait_for_quiet
from gangway.faults.stories import draw_stories
from gangway.faults.witness import prepare_witness
from gangway.stack.port_plan import SERVICES, PortPlan
from gangway.stack.settings import REPOSITORY, StackSettings
from gangway.stack.starting import start_stack
from gangway.stack.stopping import stop_stack

TOPICS_FOLDER = REPOSITORY / "contracts" / "topics"
FAILPOINTS = {
    "relay.before_send": 0.002,
    "relay.after_ack": 0.01,
    "relay.after_mark": 0.01,
    "consumer.before_commit": 0.02,
    "consumer.after_commit": 0.02,
    "consumer.after_offsets": 0.01,
    "worker.after_task": 0.005,
    "mail.after_taken": 0.02,
    "web.after_commit": 0.02,
    "outside.after_call": 0.01,
}
# Waits that suit a year of operation are too long for a run of minutes.
PATIENCE = {
    "STEP_RETRY_FIRST_SECONDS": "0.5",
    "STEP_RETRY_MOST_SECONDS": "5",
    "STEP_ATTEMPTS_MOST": "60",
    "MAIL_RETRY_FIRST_SECONDS": "0.5",
    "MAIL_RETRY_MOST_SECONDS": "5",
    "LOG_LEVEL": "INFO",
}
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do. ``folder`` gets the evidence and the stack's data; it must be empty."""

    seed: str
    partners: int
    kills: int
    folder: Path
    kills_per_second: float = 1.2
    deadline_seconds: float = 600.0
    quiet_seconds: float = 240.0
    failpoints: Mapping[str, float] | None = None
    sabotage: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds_of_arrivals(self) -> float:
        """Partners come at a steady rate while the kills go on."""
        return 0.7 * self.kills / self.kills_per_second

    def failpoints_setting(self) -> str:
        chances = FAILPOINTS if self.failpoints is None else self.failpoints
        return ",".join(f"{name}=kill:{chance}" for name, chance in chances.items())


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a run."""

    verdict: Verdict
    partners: int
    kills: int
    faults: int
    repeated_records: int
    repeated_mails: int

    @property
    def figure(self) -> str:
        return self.verdict.figure(self.partners, self.kills, self.faults)


def run(plan: Plan, settings: StackSettings, say: Say) -> Result:
    """Do it all; the stack is stopped at the end, its data and the evidence stay in the plan's folder."""
    settings = replace(settings, home=plan.folder / "stack")
    evidence = Evidence(plan.folder / "evidence.jsonl")
    evidence.note("plan", seed=plan.seed, partners=plan.partners, kills=plan.kills, sabotage=plan.sabotage)
    ports = PortPlan(settings.port_base)
    targets = {name: ports.of(name) for name in ("aws", "scim", "smtp", "postgres")}
    with Proxies(targets, plan.seed, evidence) as proxies, _stack(plan, settings, proxies, say) as addresses:
        stuck = _disturb(plan, settings, addresses=addresses, evidence=evidence, proxies=proxies, say=say)
        return _compare(plan, addresses, evidence, stuck, say)


@contextmanager
def _stack(plan: Plan, settings: StackSettings, proxies: Proxies, say: Say) -> Iterator[dict[str, str]]:
    order = FaultsOrder(
        seed=plan.seed,
        evidence=plan.folder / "evidence.jsonl",
        proxies=proxies.ports,
        failpoints=plan.failpoints_setting(),
        sabotage=plan.sabotage,
    )
    home = {"GANGWAY_HOME": str(settings.home), "KAFKA_NODES": str(settings.kafka_nodes)}
    with _environment({**PATIENCE, **home, **order.to_environment()}):
        started = time.monotonic()
        start_stack(settings, lambda _: None, supervisor="gangway.faults.supervise")
        try:
            say(f"the stack is up after {time.monotonic() - started:.0f} s")
            yield json.loads((settings.home / "addresses.json").read_text())
        finally:
            stop_stack(settings, say)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _disturb(
    plan: Plan,
    settings: StackSettings,
    *,
    addresses: Mapping[str, str],
    evidence: Evidence,
    proxies: Proxies,
    say: Say,
) -> list[str]:
    """Partners and trouble at the same time, then quiet; return what got stuck, in words."""
    databases = {service: addresses[f"{service}_database"] for service in SERVICES}
    for url in databases.values():
        prepare_witness(url)
    _ensure_topics(addresses["kafka"])
    started = time.monotonic()
    chaos = Chaos(
        settings,
        plan.seed,
        evidence,
        databases,
        kills=plan.kills,
        kills_per_second=plan.kills_per_second,
    )
    stories = draw_stories(plan.seed, plan.partners, plan.seconds_of_arrivals)
    stuck: list[str] = []

    def load() -> None:
        stuck.extend(asyncio.run(live(stories, addresses, evidence, plan.deadline_seconds)))

    partners = threading.Thread(target=load, name="load")
    partners.start()
    chaos.start()
    while partners.is_alive() and not chaos.is_over:
        partners.join(0.5)
    # The kills go on to their number also when the partners were quicker.
    while not chaos.is_over and time.monotonic() - started < plan.deadline_seconds:
        time.sleep(0.5)
    chaos.stop()
    say(f"{evidence.count('kill')} kills after {time.monotonic() - started:.0f} s")
    partners.join()
    proxies.calm()
    say(f"all stories ended after {time.monotonic() - started:.0f} s; calm from now on")
    groups = {group: sorted(topics) for group, topics in consumed().items()}
    moving = wait_for_quiet(databases, addresses["kafka"], groups, plan.quiet_seconds)
    say(f"quiet after {time.monotonic() - started:.0f} s" if not moving else f"not quiet: {moving}")
    return [*stuck, *moving]


def _compare(
    plan: Plan, addresses: Mapping[str, str], evidence: Evidence, stuck: list[str], say: Say
) -> Result:
    owned = [topic.name for topic in read_topics(TOPICS_FOLDER) if not topic.name.endswith(".dlq")]
    facts = collect(addresses, evidence, consumed(), owned)
    facts.unsettled += stuck
    (plan.folder / "facts.json").write_text(json.dumps(asdict(facts), default=sorted))
    verdict = judge(facts)
    result = Result(
        verdict=verdict,
        partners=plan.partners,
        kills=evidence.count("kill"),
        faults=evidence.count("fault"),
        repeated_records=count_repetitions(facts),
        repeated_mails=count_repeated_mails(facts),
    )
    say(
        f"compared {len(facts.outbox)} events, {len(facts.records)} records, {len(facts.effects)} effects, "
        f"{len(facts.messages)} messages, {len(facts.grants)} grants, {len(facts.things)} things outside"
    )
    for difference in verdict.differences:
        evidence.note("difference", kind=difference.kind, words=difference.words)
    evidence.note("result", figure=result.figure)
    return result


def consumed() -> dict[str, dict[str, frozenset[str]]]:
    """What each consumer group asks for, as the contracts say: group, topic, names of events."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for path in sorted(TOPICS_FOLDER.glob("*.yaml")):
        contract = yaml.safe_load(path.read_text())
        for group, names in contract["consumers"].items():
            found.setdefault(group, {})[contract["topic"]] = frozenset(names)
    return found


def _ensure_topics(kafka: str) -> None:
    admin = make_admin(KafkaAddress(bootstrap_servers=kafka))
    try:
        TopicKeeper(admin).apply(read_topics(TOPICS_FOLDER), change=True)
    finally:
        admin.close()
