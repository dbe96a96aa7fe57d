"""The alert rules through Prometheus' own promtool: which fire when, and which do not."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from local_stack.settings import REPOSITORY

RULES = REPOSITORY / "infra/alerts/gangway.yaml"
ANY = 'job="gangway-any", instance="one:1"'
CRM = f'{ANY}, product="crm", step="seat"'

SEVERITIES = {
    rule["alert"]: rule["labels"]["severity"]
    for group in yaml.safe_load(RULES.read_text())["groups"]
    for rule in group["rules"]
}

# What each is asked of, minute by minute, and when it fires first; 0: never. `60x90` is sixty more of a kind.
CASES: tuple[tuple[str, str, int], ...] = (
    ("GangwayProcessDown", f"up{{{ANY}}} 1x9 0x30", 16),
    ("GangwayProcessDown", f"up{{{ANY}}} 1x9 0x3 1x30", 0),
    # It lives for seconds: one look in three meets it, so it is never down for five minutes.
    ("GangwayProcessDown", f"up{{{ANY}}} 0 0 1 0 0 1 0 0 1 0 0 1 0 0 1 0 0 1 0 0 1 0 0 1", 3),
    ("GangwayProcessRestarts", f"process_start_time_seconds{{{ANY}}} 1x4 2x3 3x3 4x3 5x3", 17),
    ("GangwayDatabaseAway", f'gangway_dependency_up{{{ANY}, dependency="database"}} 1x9 0x9', 13),
    ("GangwayDatabaseAway", f'gangway_dependency_up{{{ANY}, dependency="aws"}} 0x90', 0),
    ("GangwayDependencyAway", f'gangway_dependency_up{{{ANY}, dependency="aws"}} 1x9 0x20', 20),
    ("GangwayDependencyAway", f'gangway_dependency_up{{{ANY}, dependency="aws"}} 1x9 0x8 1x9', 0),
    ("GangwayNothingCounted", f"gangway_relay_shards{{{ANY}}} 16x20", 10),
    ("GangwayTaskFails", f'gangway_jobs_failed_total{{{ANY}, task="make_rounds"}} 0x9 0+1x30', 15),
    ("GangwayTaskFailsAtTimes", f'gangway_jobs_failed_total{{{ANY}, task="erase"}} 0x59 1x59 2x59 3x9', 180),
    ("GangwayTaskFailsAtTimes", f'gangway_jobs_failed_total{{{ANY}, task="erase"}} 0x59 1x59 2x99', 0),
    ("GangwayJobsFailed", f'gangway_waiting{{{ANY}, kind="failed_jobs"}} 0x4 1x20', 10),
    (
        "GangwayAccessNotStopped",
        f'gangway_steps_stuck{{{CRM}, wanted="off"}} 1x9',
        2,
    ),
    ("GangwayAccessNotStopped", f'gangway_steps_stuck{{{CRM}, wanted="on"}} 1x9', 0),
    ("GangwayStepsStuck", f'gangway_steps_stuck{{{CRM}, wanted="on"}} 1x40', 30),
    ("GangwaySpendNotSeen", f'gangway_spend_not_seen{{{ANY}, code="denied"}} 1x9', 5),
    ("GangwayFrozenAndStillCosts", f'gangway_spend_usd_per_hour{{{ANY}, intent="none"}} 5.5x30', 15),
    ("GangwayFrozenAndStillCosts", f'gangway_spend_usd_per_hour{{{ANY}, intent="on"}} 5.5x30', 0),
    ("GangwayOutsideWithoutGrant", f'gangway_findings{{{ANY}, kind="account", state="open"}} 1x90', 60),
    ("GangwayOutsideWithoutGrant", f'gangway_findings{{{ANY}, kind="detection_gap", state="open"}} 1x90', 0),
    ("GangwayAccountNotWatched", f'gangway_findings{{{ANY}, kind="detection_gap", state="open"}} 1x90', 60),
    ("GangwayAccountStuck", f'gangway_sandbox_accounts{{{ANY}, state="stuck"}} 1x90', 60),
    ("GangwayAccountsInQuarantine", f'gangway_sandbox_accounts{{{ANY}, state="quarantined"}} 1x1500', 1440),
    ("GangwayClosingsUsedUp", f"gangway_account_closings_left{{{ANY}}} 0x1500", 1440),
    ("GangwayClosingsUsedUp", f"gangway_account_closings_left{{{ANY}}} 1x1500", 0),
)


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which("promtool")
    return found or pytest.skip("no promtool here: Debian's package prometheus brings it")


def judged(promtool: str, folder: Path, *tests: dict[str, Any]) -> str:
    told = {"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}
    (folder / "cases.yaml").write_text(yaml.safe_dump(told))
    command = [promtool, "test", "rules", str(folder / "cases.yaml")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(("alert", "series", "minutes"), CASES, ids=[f"{one[0]}-{one[2]}" for one in CASES])
def test_an_alert_fires_at_its_minute_and_not_before(
    promtool: str, tmp_path: Path, alert: str, series: str, minutes: int
) -> None:
    name, _, numbers = series.partition("} ")
    severity = SEVERITIES[alert]
    case = {"interval": "1m", "input_series": [{"series": f"{name}}}", "values": numbers}]}
    before = max(minutes - 1, 0) if minutes else 90
    silent = [{"alertname": alert, "eval_time": f"{before}m", "exp_alerts": []}]
    assert judged(promtool, tmp_path, case | {"alert_rule_test": silent}) == ""
    if minutes:
        fires = [{"alertname": alert, "eval_time": f"{minutes}m", "exp_alerts": []}]
        told = judged(promtool, tmp_path, case | {"alert_rule_test": fires})
        assert severity in told
        assert "{{" not in told.partition("got:")[2]


def test_the_pool_is_empty_only_where_one_is_wanted(promtool: str, tmp_path: Path) -> None:
    def case(wanted: int) -> dict[str, Any]:
        states = {"available": 0, "wanted": wanted}
        return {
            "interval": "1m",
            "input_series": [
                {"series": f'gangway_sandbox_accounts{{{ANY}, state="{state}"}}', "values": f"{count}x60"}
                for state, count in states.items()
            ],
            "alert_rule_test": [{"alertname": "GangwayPoolEmpty", "eval_time": "30m", "exp_alerts": []}],
        }

    assert judged(promtool, tmp_path, case(0)) == ""
    assert "GangwayPoolEmpty" in judged(promtool, tmp_path, case(2))


def test_one_service_without_a_worker_is_told_beside_others_that_count(promtool: str, tmp_path: Path) -> None:
    series = {
        'gangway_relay_shards{job="gangway-onboarding"}': "16x20",
        'gangway_relay_shards{job="gangway-provisioning"}': "16x20",
        'gangway_waiting{job="gangway-onboarding", kind="holes"}': "0x20",
    }
    case = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [{"alertname": "GangwayNothingCounted", "eval_time": "10m", "exp_alerts": []}],
    }
    told = judged(promtool, tmp_path, case)
    assert "No worker of gangway-provisioning" in told
    assert "No worker of gangway-onboarding" not in told
