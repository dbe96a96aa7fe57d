"""What the stack's processes are told when they run under faults."""

from pathlib import Path

from fault_runner.order import FaultsOrder
from fault_runner.supervise import redirected, under_faults
from local_stack.processes.process_spec import ProcessSpec

ORDER = FaultsOrder(
    seed="s",
    evidence=Path("evidence.jsonl"),
    proxies={"postgres": 7001, "aws": 7002, "scim": 7003, "smtp": 7004, "kafka-1": 7005, "kafka-2": 7006},
    targets={"postgres": 6001, "aws": 6002, "scim": 6003, "smtp": 6004, "kafka-1": 6005, "kafka-2": 6006},
    failpoints="relay.after_ack=kill:0.5,provisioning/relay.before_send=kill:0.1",
    sabotage={"onboarding": "no_lane_check"},
)


def test_the_order_survives_the_environment() -> None:
    assert FaultsOrder.from_environment(ORDER.to_environment()) == ORDER


def test_addresses_lead_through_the_proxies_and_keep_all_else() -> None:
    found = redirected(
        {
            "DATABASE_URL": "postgresql://me:secret@127.0.0.1:5432/mine",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "SCIM_URL": "http://127.0.0.1:9/v2",
            "SMTP_PORT": "25",
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:8,127.0.0.1:10",
            "PUBLIC_URL": "http://127.0.0.1:80",
        },
        ORDER.proxies,
    )

    assert found == {
        "DATABASE_URL": "postgresql://me:secret@127.0.0.1:7001/mine",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:7002",
        "SCIM_URL": "http://127.0.0.1:7003/v2",
        "SMTP_PORT": "7004",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:7005,127.0.0.1:7006",
        "PUBLIC_URL": "http://127.0.0.1:80",
    }


def test_a_service_starts_without_waiting_for_brokers_and_never_with_the_same_chances() -> None:
    spec = ProcessSpec(
        name="onboarding-relay",
        command=lambda: ["plain"],
        environment=dict,
        after=("onboarding-migrate", "postgres", "kafka-1", "kafka-2"),
    )
    changed = under_faults(ORDER)(spec)

    assert changed.after == ("onboarding-migrate",)
    assert changed.stops_before == ("postgres", "kafka-1", "kafka-2")
    assert list(changed.command())[1:] == ["-m", "fault_runner.instrumented", "onboarding", "relay"]
    first, second = changed.environment(), changed.environment()
    assert first["FAILPOINTS"] == second["FAILPOINTS"] == "relay.after_ack=kill:0.5"
    assert first["FAILPOINTS_SEED"] != second["FAILPOINTS_SEED"]


def test_a_broker_sends_the_services_to_its_proxy_and_its_fellows_to_itself() -> None:
    spec = ProcessSpec(name="kafka-2", command=lambda: ["kafka"], ports=(8, 9))
    changed = under_faults(ORDER)(spec)

    assert changed.ports == (8, 9, 6006)
    assert list(changed.command())[2:5:2] == [
        "listeners=BROKER://127.0.0.1:8,CONTROLLER://127.0.0.1:9,PROXIED://127.0.0.1:6006",
        "advertised.listeners=BROKER://127.0.0.1:8,PROXIED://127.0.0.1:7006",
    ]


def test_a_failpoint_may_be_meant_for_one_service() -> None:
    assert ORDER.failpoints_of("provisioning") == "relay.after_ack=kill:0.5,relay.before_send=kill:0.1"


def test_what_is_no_service_is_left_as_it_is() -> None:
    spec = ProcessSpec(name="postgres", command=lambda: ["postgres"])
    assert under_faults(ORDER)(spec) is spec
