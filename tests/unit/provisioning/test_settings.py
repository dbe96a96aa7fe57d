"""The environment is checked at the start, and every wrong variable is named."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.pool import QueuePool
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

from chassis.settings import SettingsRefused
from provisioning.bootstrap import build_service
from provisioning.domain.patience import BY_KIND
from provisioning.domain.pool import PoolTerms
from provisioning.domain.rounds import Rounds
from provisioning.settings import read_settings

KEY = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
GOOD = {
    "DATABASE_URL": "postgresql://provisioning@127.0.0.1/provisioning",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "PUBLIC_URL": "http://127.0.0.1:8001",
    "SESSION_PUBLIC_KEY": KEY.decode(),
    "LINK_PUBLIC_KEY": KEY.decode(),
    "OPS_TOKEN_PUBLIC_KEY": KEY.decode(),
    "SCIM_URL": "http://127.0.0.1:8004/v2",
    "SCIM_TOKEN": "a-token-that-must-not-be-shown",
}


def test_what_has_a_working_default_may_be_left_out() -> None:
    settings = read_settings(GOOD)
    assert settings.patience.by_kind == BY_KIND
    assert settings.rounds == Rounds()
    assert settings.catalogue.entries
    assert settings.outside.sandbox_regions
    assert settings.outside.demanded_detection == ()


def test_what_is_to_watch_accounts_is_named() -> None:
    settings = read_settings({**GOOD, "SANDBOX_DETECTION": "guardduty, cloudtrail"})
    assert settings.outside.demanded_detection == ("cloudtrail", "guardduty")


def test_patience_and_rounds_are_set_by_kind_and_product() -> None:
    by_kind = {"STEP_PATIENCE_BY_KIND": "throttled = 60", "LOOK_EVERY_HOURS_BY_PRODUCT": "crm=6,iot=0.5"}
    settings = read_settings({**GOOD, **by_kind})
    assert settings.patience.by_kind == {**BY_KIND, "throttled": timedelta(minutes=1)}
    assert settings.rounds.by_product == {"crm": 6, "iot": 0.5}


def test_accounts_are_used_again_only_where_something_empties_them() -> None:
    assert read_settings(GOOD).pool == PoolTerms()
    pool = read_settings({**GOOD, "SANDBOX_CLEANER": sys.executable, "SANDBOX_POOL_SIZE": "3"}).pool
    assert (pool.reuses, pool.has_cleaner, pool.size) == (True, True, 3)
    assert not read_settings({**GOOD, "SANDBOX_CLEANER": "sh", "SANDBOX_AFTER_USE": "close"}).pool.reuses
    wrong = {
        "SANDBOX_AFTER_USE": "reuse",
        "SANDBOX_POOL_SIZE": "-1",
        "SANDBOX_COOLDOWN_HOURS": "nan",
        "SANDBOX_CLEANING_ROUNDS": "0",
    }
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**GOOD, **wrong})
    assert set(refused.value.problems) == set(wrong)
    with pytest.raises(SettingsRefused, match="SANDBOX_CLEANER"):
        read_settings({**GOOD, "SANDBOX_CLEANER": "/nowhere/aws-nuke"})


def test_a_catalogue_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text("version: mine\nentries: []\n", encoding="utf-8")
    settings = read_settings(
        {**GOOD, "CATALOGUE_FILE": str(file), "SANDBOX_REGIONS": "eu-north-1, eu-west-1"}
    )
    assert settings.catalogue.version.startswith("mine.")
    assert settings.catalogue.entries == ()
    assert settings.outside.sandbox_regions == ("eu-north-1", "eu-west-1")


def test_every_wrong_variable_is_named(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text("version: mine\nentries: [{product: telepathy}]\n", encoding="utf-8")
    wrong = {
        "CATALOGUE_FILE": str(file),
        "STEP_PATIENCE_SECONDS": "-1",
        "STEP_PATIENCE_BY_KIND": "throttled=60, tiredness=5",
        "LOOK_EVERY_HOURS": "0",
        "LOOK_EVERY_HOURS_BY_PRODUCT": "crm=often",
        "LOOKS_PER_MINUTE": "0",
        "STEP_RETRY_FIRST_SECONDS": "soon",
        "SCIM_URL": "scim",
        "SANDBOX_EMAIL_PATTERN": "everyone@example.com",
        "SCIM_REMOVAL": "burn",
        "SANDBOX_DETECTION": "guardduty, watchdog",
        "ANALYTICS_RESULTS_LOCATION": "https://example.com",
    }
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**GOOD, **wrong})
    assert set(refused.value.problems) == set(wrong)
    assert "entries[1].product" in refused.value.block()


@pytest.mark.parametrize("hours", ["0", "0.05", "nan", "-1", "99999"])
def test_no_look_is_due_again_at_its_end(hours: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**GOOD, "LOOK_EVERY_HOURS_BY_PRODUCT": f"crm={hours}"})
    assert set(refused.value.problems) == {"LOOK_EVERY_HOURS_BY_PRODUCT"}


def test_no_secret_shows_in_what_may_be_logged() -> None:
    assert GOOD["SCIM_TOKEN"] not in repr(read_settings(GOOD))


def test_every_thread_that_works_can_hold_a_lock() -> None:
    service = build_service({**GOOD, "WORKER_THREADS": "64"}, steps=fake_steps(FakeOutside()))
    pool = service.lock_engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.size() >= 64


def test_what_the_catalogue_allows_has_to_fit_regions_and_aws(tmp_path: Path) -> None:
    entry = {"product": "cloud_sandbox", "only_if_wanted": True, "required": True}
    size = {"budget_usd_per_month": 50, "budget_thresholds_percent": [80], "lease_days": 90}
    services = [f"service-of-a-long-name-{number}" for number in range(100)]
    entries = [
        {**entry, "parameters": {**size, "allowed_regions": ["eu-west-1", "ap-south-1"]}},
        {**entry, "parameters": {**size, "allowed_services": services}},
    ]
    path = tmp_path / "catalogue.yaml"
    path.write_text(yaml.safe_dump({"version": "1", "entries": entries}))
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**GOOD, "CATALOGUE_FILE": str(path)})
    assert "SANDBOX_REGIONS: misses ap-south-1, which entry 1" in str(refused.value)
    assert "CATALOGUE_FILE: entry 2 makes a guard rail of " in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_MEMBER_ROLE", "*"),
        ("SANDBOX_MEMBER_ROLE", "{role}"),
        ("SANDBOX_MEMBER_ROLE", 'Access"Role'),
        ("SANDBOX_REGIONS", "eu-central-1, {regions}"),
    ],
)
def test_what_would_open_a_guard_rail_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**GOOD, name: value})
    assert set(refused.value.problems) == {name}


def test_a_parameter_of_another_product_limits_no_sandbox(tmp_path: Path) -> None:
    """Declared products name their parameters as they like."""
    helpdesk = {
        "kind": "http",
        "url": "https://helpdesk.vendor.example",
        "parameters": {"allowed_regions": {"type": "integer"}},
        "create": {"path": "/workspaces", "body": {"owner": "{grant_id}"}, "id": "id"},
        "find": {"path": "/workspaces", "id": "items[?owner=='{grant_id}'] | [0].id"},
        "observe": {"path": "/workspaces/{id}"},
        "delete": {"method": "DELETE", "path": "/workspaces/{id}"},
    }
    entry = {"product": "helpdesk", "only_if_wanted": False, "required": False}
    path = tmp_path / "catalogue.yaml"
    entries = [{**entry, "parameters": {"allowed_regions": 5}}]
    path.write_text(yaml.safe_dump({"version": "1", "products": {"helpdesk": helpdesk}, "entries": entries}))
    assert read_settings({**GOOD, "CATALOGUE_FILE": str(path)}).catalogue.entries
