"""Which kind of cluster runs here, and why."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local_stack.kafka_cluster import apache, embedded
from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.kafka_cluster.security import PLAIN
from local_stack.machine.ports import find_free_port

KINDS = (apache.KIND, embedded.KIND)
JAR_CACHE = Path(__file__).resolve().parents[4] / ".local" / "kafka" / "lib"

Say = Callable[[str], None]
AnyCluster = apache.ApacheKafka | embedded.EmbeddedKafka


def choose_cluster(
    folder: Path,
    environ: Mapping[str, str],
    say: Say,
    *,
    broker_ports: Sequence[int] | None = None,
    controller_ports: Sequence[int] | None = None,
    auto_create_topics: bool = False,
    mode: str = PLAIN,
    users: Sequence[str] = (),
    internal_ports: Sequence[int] | None = None,
    users_ports: Sequence[int] = (),
) -> AnyCluster:
    """Return Apache Kafka if it can run, otherwise the built-in cluster, and say which in one line.

    The setting `KAFKA` forces either; raises KafkaUnavailable if the forced one cannot run. Without ports it
    is one node on free ports. Only Apache Kafka can be secured, so then there is no choice.
    """
    forced = environ.get("KAFKA", "") or (apache.KIND if mode != PLAIN else "")
    if forced not in ("", *KINDS):
        raise KafkaUnavailable(f"KAFKA={forced}: choose one of {', '.join(KINDS)}")
    if forced == embedded.KIND and mode != PLAIN:
        raise KafkaUnavailable(
            f"the built-in Kafka knows no security: KAFKA_SECURITY={mode} needs KAFKA=apache"
        )
    if forced != embedded.KIND:
        try:
            cluster = apache.ApacheKafka(
                folder / apache.KIND,
                broker_ports or [find_free_port()],
                controller_ports or [find_free_port()],
                jar_cache=JAR_CACHE,
                auto_create_topics=auto_create_topics,
                environ=environ,
                mode=mode,
                users=users,
                internal_ports=internal_ports or [find_free_port()],
                users_ports=users_ports,
            )
        except KafkaUnavailable as reason:
            if forced:
                raise
            say(f"Kafka: no Apache Kafka here, {reason}; {embedded.LIMITS}")
        else:
            secured = "" if mode == PLAIN else f", secured ({mode})"
            say(f"Kafka: Apache Kafka, {len(cluster.nodes)} node(s) on Java{secured}")
            return cluster
    else:
        say(f"Kafka: {embedded.LIMITS}")
    return embedded.EmbeddedKafka(folder / embedded.KIND)
