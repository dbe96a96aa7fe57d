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
from fault_runner.collect import collect
from fault_runner.evidence import Evidence
from fault_runner.fault_stack import fault_stack
from fault_runner.plan import Plan
from fault_runner.proxies import Proxies
from fault_runner.quiet import Movement
from fault_runner.republishing import Republishing
from fault_runner.trouble import Trouble
from fault_runner.witness import prepare_witness
from local_stack.port_plan import SERVICES, PortPlan
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

    @property
    def figure(self) -> str:
        return self.verdict.figure(self.partners, self.kills, self.faults)


def run(plan: Plan, settings: StackSettings, say: Say) -> Result:
    """Do it all; the stack is stopped at the end, its data and the evidence stay in the plan's folder."""
    settings = replace(settings, home=plan.folder / "stack")
    evidence = Evidence(plan.folder / "evidence.jsonl")
    evidence.note("plan", seed=plan.seed, partners=plan.partners, kills=plan.kills, sabotage=plan.sabotage)
    with Proxies(_targets(settings), plan.seed, evidence) as proxies:
        order = plan.order(proxies.ports, proxies.targets)
        with fault_stack(settings, order, say) as addresses:
            databases = {service: addresses[f"{service}_database"] for service in SERVICES}
            for url in databases.values():
                prepare_witness(url)
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
            stuck = Trouble(plan, addresses, evidence, chaos=chaos, movement=movement, say=say).run(
                proxies.calm
            )
            return _compare(plan, addresses, evidence, stuck, say)


def _targets(settings: StackSettings) -> dict[str, int]:
    ports = PortPlan(settings.port_base)
    brokers = enumerate(ports.proxied_brokers(settings.kafka_nodes), start=1)
    outside = {name: ports.of(name) for name in ("aws", "scim", "smtp", "postgres")}
    return outside | {f"kafka-{number}": port for number, port in brokers}


def _compare(
    plan: Plan, addresses: Mapping[str, str], evidence: Evidence, stuck: list[str], say: Say
) -> Result:
    owned = [topic.name for topic in read_topics(TOPICS) if not topic.name.endswith(".dlq")]
    facts = collect(addresses, evidence, consumed(), owned)
    facts.unsettled += stuck
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
    """What each consumer group asks for, as the contracts say: group, topic, names of events.

    Only of the services that every stack has: a fault run leaves out the others.
    """
    found: dict[str, dict[str, frozenset[str]]] = {}
    for path in sorted(TOPICS.glob("*.yaml")):
        contract = yaml.safe_load(path.read_text())
        for group in contract["consumers"].keys() & set(SERVICES):
            found.setdefault(group, {})[contract["topic"]] = frozenset(contract["consumers"][group])
    return found
