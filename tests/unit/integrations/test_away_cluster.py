"""A cluster that is away is no fault of the worker that makes users there; one that refuses is told."""

from typing import Any

import pytest
from kafka.errors import ClusterAuthorizationFailedError, KafkaConnectionError, KafkaTimeoutError

from chassis.database.failed_jobs import is_fault
from chassis.failures import NotNow
from chassis.settings.kafka_address import KafkaAddress
from integrations.adapters import kafka_users
from integrations.handlers.ports import KafkaUsersFailed


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (KafkaTimeoutError("no broker answers"), NotNow),
        (KafkaConnectionError("reset"), NotNow),
        (ClusterAuthorizationFailedError("no"), KafkaUsersFailed),
    ],
    ids=["timeout", "reset", "no-right"],
)
def test_only_what_stays_counts_as_a_failure(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, expected: type[Exception]
) -> None:
    def fails(_: Any) -> None:
        raise problem

    monkeypatch.setattr(kafka_users, "make_admin", fails)
    with (
        pytest.raises(expected) as caught,
        kafka_users.kafka_users(KafkaAddress(bootstrap_servers="127.0.0.1:9"), "v-"),
    ):
        pass
    assert is_fault(caught.value) is (expected is KafkaUsersFailed)
