"""One run: a stack of its own, partners, trouble, quiet, and then the comparison."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

import yaml

from chassis.messaging.topics import read_topics
from fault_runner.chaos import Chaos
from fault_runner.checks.mails import count_repeated_mails
from fault_runner.checks.topics import count_repetitions
from fault_runner.checks.verdict import Verdict, judge
from fault_runner.checks.webhooks import count_repeated_webhooks
from fault_runner.collect import collect
from fault_runner.evidence import Evidence
from fault_runner.facts import Facts
from fault_runner.fault_stack import fault_stack
from fault_runner.hostile_receiver import HostileReceiver
from fault_runner.plan import Plan
from fault_runner.proxies import Proxies
from fault_runner.quiet import Movement
from fault_runner.republishing import Republishing
from fault_runner.trouble import Trouble
from fault_runner.webhooks import subscribe_vendors
from fault_runner.witness import prepare_witness
from local_stack.port_plan import EVERY_SERVICE, PortPlan
from local_stack.processes.service_plan import TOPICS
from local_stack.settings import StackSettings

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a run."""

    verdict: Verdict
    partners: int
    kills: int
    killed_at: frozenset[str]
    faults: int
    repeated_records: int
    repeated_mails: int
    repeated_webhooks: int

    @property
    def figure(self) -> str:
        return self.verdict.figure(self.partners, self.kills, self.faults)


def run(plan: Plan, settings: StackSettings, say: Say) -> Result:
    """Do it all; the stack is stopped at the end, its data and the evidence stay in the plan's folder."""
    settings = replace(settings, home=plan.folder / "stack")
    evidence = Evidence(plan.folder / "evidence.jsonl")
    evidence.note("plan", seed=plan.seed, partners=plan.partners, kills=plan.kills, sabotage=plan.sabotage)
    with (
        HostileReceiver(plan.seed, evidence) as receiver,
        Proxies(_targets(settings), plan.seed, evidence) as proxies,
    ):
        order = plan.order(proxies.ports, proxies.targets)
        with fault_stack(settings, order, say) as addresses:
            databases = {service: addresses[f"{service}_database"] for service in EVERY_SERVICE}
            for url in databases.values():
                prepare_witness(url)
            subscriptions = subscribe_vendors(addresses, receiver)
            chaos = Chaos(
                settings,
                order,
                evidence,
                Republishing(addresses, evidence),
                kills=plan.kills,
                kills_per_second=plan.kills_per_second,
            )
            groups = {group: sorted(topics) for group, topics in consumed().items()}
            movement = Movement(databases, addresses["kafka"], groups, evidence)
            trouble = Trouble(plan, addresses, evidence, chaos=chaos, movement=movement, say=say)

            def calm() -> None:
                proxies.calm()
                receiver.calm()

            stuck = trouble.run(calm)
            facts = _collect(addresses, evidence)
            facts.unsettled += stuck
            facts.subscriptions, facts.webhooks = subscriptions, receiver.webhooks
            return _compare(plan, evidence, facts, say)


def _targets(settings: StackSettings) -> dict[str, int]:
    ports = PortPlan(settings.port_base)
    brokers = enumerate(ports.kafka("proxied", settings.kafka_nodes), start=1)
    outside = {name: ports.of(name) for name in ("aws", "scim", "smtp", "postgres")}
    return outside | {f"kafka-{number}": port for number, port in brokers}


def _collect(addresses: Mapping[str, str], evidence: Evidence) -> Facts:
    owned = [topic.name for topic in read_topics(TOPICS) if not topic.name.endswith(".dlq")]
    return collect(addresses, evidence, consumed(), owned)


def _compare(plan: Plan, evidence: Evidence, facts: Facts, say: Say) -> Result:
    (plan.folder / "facts.json").write_text(json.dumps(asdict(facts), default=sorted))
    verdict = judge(facts)
    result = Result(
        verdict=verdict,
        partners=plan.partners,
        kills=evidence.count("kill"),
        killed_at=frozenset(kill["place"] for kill in evidence.read("kill")),
        faults=evidence.count("fault"),
        repeated_records=count_repetitions(facts),
        repeated_mails=count_repeated_mails(facts),
        repeated_webhooks=count_repeated_webhooks(facts),
    )
    say(
        f"compared {len(facts.outbox)} events, {len(facts.records)} records, {len(facts.effects)} effects, "
        f"{len(facts.messages)} messages, {len(facts.grants)} grants, {len(facts.things)} things outside, "
        f"{len(facts.webhooks)} steps of webhooks"
    )
    for difference in verdict.differences:
        evidence.note("difference", kind=difference.kind, words=difference.words)
    evidence.note("result", figure=result.figure)
    return result


def consumed() -> dict[str, dict[str, frozenset[str]]]:
    """What each consumer group of ours asks for, as the contracts say: group, topic, names of events."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for path in sorted(TOPICS.glob("*.yaml")):
        contract = yaml.safe_load(path.read_text())
        for group in contract["consumers"].keys() & set(EVERY_SERVICE):
            found.setdefault(group, {})[contract["topic"]] = frozenset(contract["consumers"][group])
    return found
