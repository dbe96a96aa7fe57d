"""The limits file: checked at the start, every wrong entry by its name."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.settings.yaml_files import FileRefused
from local_stack.processes.environments import LOCAL_LIMITS
from onboarding.adapters.limits_file import read_limits
from onboarding.domain.limits import MEASURES, WITHOUT_ADDRESS, Act, Limit, Measure
from onboarding.settings import CONFIG

SHIPPED_FILE = CONFIG / "limits.yaml"


def test_what_is_shipped_limits_every_act_by_every_measure() -> None:
    limits = read_limits(SHIPPED_FILE)
    for act in Act:
        wanted = {Measure.NETWORK} if MEASURES[act] == WITHOUT_ADDRESS else set(MEASURES[act])
        assert set(limits.acts[act]) == wanted
    assert limits.acts[Act.APPLY][Measure.ADDRESS] == Limit(5, timedelta(days=1))
    assert limits.mails_to_unconfirmed is not None
    assert limits.sign_in_mails is not None


def test_no_act_that_mails_strangers_reaches_more_people_of_a_domain_than_applying_does() -> None:
    acts = read_limits(SHIPPED_FILE).acts
    assert acts[Act.CORRECT_ADDRESS][Measure.DOMAIN] == acts[Act.APPLY][Measure.DOMAIN]


def test_a_domain_of_everybody_is_limited_widely() -> None:
    for measures in read_limits(SHIPPED_FILE).acts.values():
        if Measure.DOMAIN in measures:
            wide, narrow = measures[Measure.FREE_MAIL_DOMAIN], measures[Measure.DOMAIN]
            assert wide.at_most * narrow.period >= 10 * narrow.at_most * wide.period


def test_nothing_is_limited_on_the_local_stack() -> None:
    limits = read_limits(LOCAL_LIMITS)
    assert not any(limits.acts.values())
    assert limits.mails_to_unconfirmed is limits.sign_in_mails is None


def without_act(file: dict[str, Any]) -> None:
    del file["acts"]["apply"]


def with_unknown_measure(file: dict[str, Any]) -> None:
    file["acts"]["open_link_wrongly"]["address"] = {"at_most": 1, "minutes": 1}


def with_zero(file: dict[str, Any]) -> None:
    file["acts"]["request_link"]["network"]["at_most"] = 0


def with_text(file: dict[str, Any]) -> None:
    file["acts"]["request_link"]["network"]["minutes"] = "60"


def with_wide_network(file: dict[str, Any]) -> None:
    file["networks"]["ipv6_prefix"] = 65


def with_gaps_that_shrink(file: dict[str, Any]) -> None:
    file["mails_to_unconfirmed"] = {"minutes": 10, "at_most_minutes": 9}


def without_gaps(file: dict[str, Any]) -> None:
    del file["sign_in_mails"]


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (without_act, "acts.apply"),
        (with_unknown_measure, "acts.open_link_wrongly.address"),
        (with_zero, "acts.request_link.network.at_most"),
        (with_text, "acts.request_link.network.minutes"),
        (with_wide_network, "networks.ipv6_prefix"),
        (with_gaps_that_shrink, "mails_to_unconfirmed.at_most_minutes"),
        (without_gaps, "sign_in_mails"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, spoil: Callable[[dict[str, Any]], None], place: str) -> None:
    file = yaml.safe_load(SHIPPED_FILE.read_text())
    spoil(file)
    path = tmp_path / "limits.yaml"
    path.write_text(yaml.safe_dump(file))
    with pytest.raises(FileRefused) as refused:
        read_limits(path)
    assert [problem.partition(": ")[0] for problem in refused.value.problems] == [place]
