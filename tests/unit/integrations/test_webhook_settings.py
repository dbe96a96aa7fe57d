"""A wrong setting of integrations stops the start and is named, all of them at once."""

from pathlib import Path

import pytest

from chassis.identity.signing_keys import new_key_pair
from chassis.settings import SettingsRefused
from integrations.settings import read_settings


def test_every_wrong_setting_is_named(tmp_path: Path) -> None:
    retries = tmp_path / "retries.yaml"
    retries.write_text("waits_seconds: []")
    given = {
        "WEBHOOK_SECRET_KEYS": "secret",
        "WEBHOOK_OPENED_RANGES": "everything",
        "WEBHOOK_SCHEMES": "http",
        "WEBHOOK_CA_FILE": str(tmp_path / "nothing.pem"),
        "WEBHOOK_RETRIES_FILE": str(retries),
        "WEBHOOK_TIMEOUT_SECONDS": "600",
        "WEBHOOK_LEASE_SECONDS": "0",
        "WEBHOOK_TAKEOVER_SECONDS": "0.1",
        "WEBHOOK_VERIFIES_ENDPOINTS": "perhaps",
        "TESTS_PER_HOUR_MOST": "0",
        "CONSENTS_PER_PARTNER_AND_HOUR": "0",
        "PARTNER_SESSION_PUBLIC_KEY": "no key",
        "ONBOARDING_PUBLIC_URL": "nowhere",
        "EVENT_RETENTION_DAYS": "31",
        "CONTRACTS_FOLDER": str(tmp_path),
    }
    with pytest.raises(SettingsRefused) as refused:
        read_settings(given)
    assert given.keys() <= refused.value.problems.keys()
    assert "secret" not in " ".join(refused.value.problems["WEBHOOK_SECRET_KEYS"])


def test_the_key_for_secrets_is_needed() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({})
    assert "WEBHOOK_SECRET_KEYS" in refused.value.problems


def test_partners_sessions_have_another_key_than_the_portals() -> None:
    private, public = new_key_pair()
    keys = {"SESSION_PRIVATE_KEY": private, "SESSION_PUBLIC_KEY": public}
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**keys, "PARTNER_SESSION_PUBLIC_KEY": public})
    assert "SESSION_PUBLIC_KEY" in " ".join(refused.value.problems["PARTNER_SESSION_PUBLIC_KEY"])


def test_a_lease_outlasts_an_attempt() -> None:
    given = {"WEBHOOK_TIMEOUT_SECONDS": "30", "WEBHOOK_LEASE_SECONDS": "40"}
    with pytest.raises(SettingsRefused) as refused:
        read_settings(given)
    assert "45" in " ".join(refused.value.problems["WEBHOOK_LEASE_SECONDS"])


@pytest.mark.parametrize(
    ("takeover", "timeout", "is_wrong"), [("10", "15", True), ("15", "15", False), (None, None, False)]
)
def test_a_takeover_waits_for_the_attempts_under_way(
    takeover: str | None, timeout: str | None, is_wrong: bool
) -> None:
    given = {"WEBHOOK_TAKEOVER_SECONDS": takeover, "WEBHOOK_TIMEOUT_SECONDS": timeout}
    with pytest.raises(SettingsRefused) as refused:
        read_settings({name: value for name, value in given.items() if value})
    found = " ".join(refused.value.problems.get("WEBHOOK_TAKEOVER_SECONDS", []))
    assert ("WEBHOOK_TIMEOUT_SECONDS" in found) is is_wrong


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"KAFKA_USERS_SERVERS": "kafka.example"}, "KAFKA_USERS_SERVERS"),
        ({"KAFKA_USERS_PROTOCOL": "PLAINTEXT"}, "KAFKA_USERS_PROTOCOL"),
        (
            {"KAFKA_USERS_SERVERS": "127.0.0.1:9,10.0.0.1:9", "KAFKA_USERS_PROTOCOL": "SASL_PLAINTEXT"},
            "KAFKA_USERS_PROTOCOL",
        ),
        ({"KAFKA_USERS_PREFIX": "i"}, "KAFKA_USERS_PREFIX"),
        ({"KAFKA_USERS_PREFIX": "User:*-"}, "KAFKA_USERS_PREFIX"),
        ({"KAFKA_USERS_SERVERS": "[::1]:9", "KAFKA_USERS_PROTOCOL": "SASL_PLAINTEXT"}, None),
    ],
    ids=["no port", "no proof", "in the clear", "short", "wild", "right"],
)
def test_where_users_of_kafka_come_to(given: dict[str, str], wrong: str | None) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings(given)
    found = {name for name in refused.value.problems if name.startswith("KAFKA_USERS")}
    assert found == ({wrong} if wrong else set())
