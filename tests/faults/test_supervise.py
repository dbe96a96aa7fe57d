"""What the stack's processes are told when they run under faults."""

from pathlib import Path

from gangway.faults.order import FaultsOrder
from gangway.faults.supervise import redirected, under_faults
from gangway.stack.process_spec import ProcessSpec

ORDER = FaultsOrder(
    seed="s",
    evidence=Path("evidence.jsonl"),
    proxies={"postgres": 7001, "aws": 7002, "scim": 7003, "smtp": 7004},
    failpoints="relay.after_ack=kill:0.5",
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
            "PUBLIC_URL": "http://127.0.0.1:80",
        },
        ORDER.proxies,
    )

    assert found == {
        "DATABASE_URL": "postgresql://me:secret@127.0.0.1:7001/mine",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:7002",
        "SCIM_URL": "http://127.0.0.1:7003/v2",
        "SMTP_PORT": "7004",
        "PUBLIC_URL": "http://127.0.0.1:80",
    }


def test_a_service_starts_without_waiting_for_brokers_and_never_with_the_same_chances() -> None:
    spec = ProcessSpec(
        name="onboarding-relay",
        command=lambda: ["plain"],
        environment=dict,
        after=("onboarding-migrate", "kafka-1", "kafka-2"),
    )
    changed = under_faults(ORDER)(spec)

    assert changed.after == ("onboarding-migrate",)
    assert list(changed.command())[1:] == ["-m", "gangway.faults.instrumented", "onboarding", "relay"]
    first, second = changed.environment(), changed.environment()
    assert first["FAILPOINTS"] == second["FAILPOINTS"] == ORDER.failpoints
    assert first["FAILPOINTS_SEED"] != second["FAILPOINTS_SEED"]


def test_what_is_no_service_is_left_as_it_is() -> None:
    spec = ProcessSpec(name="postgres", command=lambda: ["postgres"])
    assert under_faults(ORDER)(spec) is spec
