"""The alert on what is stuck hears of each count once it was made, and of no old one."""

from prometheus_client import CollectorRegistry, generate_latest

from chassis.telemetry.counted import FRESH_FOR_SECONDS, Counted


def test_a_worker_that_does_not_count_any_more_shows_nothing() -> None:
    now = [0.0]
    stuck, registry = (
        Counted("gangway_steps_stuck", "Stuck", ("product", "wanted", "step"), lambda: now[0]),
        CollectorRegistry(),
    )
    registry.register(stuck)
    shown = b'gangway_steps_stuck{product="iot",step="iot_certificate",wanted="off"} 2.0'
    assert b"step=" not in generate_latest(registry)
    stuck.show({("iot", "off", "iot_certificate"): 2})
    now[0] = FRESH_FOR_SECONDS
    assert shown in generate_latest(registry)
    now[0] += 1
    assert b"step=" not in generate_latest(registry), "another worker counts, and it may be put right"
    stuck.show({})
    assert b"step=" not in generate_latest(registry)
