"""What things cost by the price file, and what is assumed where it does not know."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from chassis.settings.yaml_files import FileRefused
from provisioning.adapters.price_file import read_prices
from provisioning.domain.prices import RunningThing, Runs, Seen, Use
from provisioning.settings import CONFIG

SHIPPED = CONFIG / "prices.yaml"
PRICES = read_prices(SHIPPED)
US = "us-east-1"


def hour(type_: str, kind: Runs = Runs.INSTANCE, **facts: object) -> tuple[Decimal, tuple[str, ...]]:
    thing = RunningThing(**{"kind": kind, "type": type_, "region": US, **facts})
    priced = PRICES.price(Seen(running={thing: 1}))
    return priced.usd_per_hour, priced.assumed


@pytest.mark.parametrize(
    ("type_", "usd"),
    [
        ("m5.large", "0.096"),
        ("t3.nano", "0.0052"),
        ("m5.24xlarge", "4.608"),
        ("m7i.metal-48xl", "9.6768"),
        ("p5.48xlarge", "98.32"),
        ("g5.16xlarge", "4.096"),
    ],
)
def test_what_is_known_costs_what_the_file_says(type_: str, usd: str) -> None:
    assert hour(type_) == (Decimal(usd), ())


@pytest.mark.parametrize(
    "type_", ["m5.huge", "m99.4xlarge", "p9x.48xlarge", "zz1.2xlarge", "zz1.vast", "", "x."]
)
def test_what_is_not_known_costs_the_dearest_of_its_kind_and_says_so(type_: str) -> None:
    usd, assumed = hour(type_)
    alike = [known for known in PRICES.types if known[:1] == type_[:1]]
    assert assumed == (type_,)
    assert usd > 0
    if type_.startswith("p"):
        assert usd >= max(PRICES.types[known] for known in alike)
    if type_ == "m5.huge":
        assert usd >= 48 * PRICES.families["m5"]


def test_regions_licences_storage_and_use_add_up() -> None:
    assert hour("m5.large", region="sa-east-1")[0] == Decimal("0.096") * Decimal("1.6")
    assert hour("m5.large", region="mars-1") == (Decimal("0.096") * max(PRICES.regions.values()), ("mars-1",))
    assert hour("m5.large", licence="windows")[0] == Decimal("0.192")
    assert hour("gp3", Runs.VOLUME, gigabytes=730)[0] == PRICES.volumes["gp3"]
    assert hour("io1", Runs.VOLUME, iops=730)[0] == PRICES.iops["io1"]
    assert hour("io9", Runs.VOLUME, gigabytes=730) == (max(PRICES.volumes.values()), ("io9",))
    assert hour("", Runs.NAT_GATEWAY)[0] == PRICES.nat_gateway
    tokens = Use(type="a.model-of-tomorrow", unit="output_tokens", region=US, amount=Decimal(2000))
    priced = PRICES.price(Seen(used=(tokens,)))
    assert (priced.used_usd, priced.assumed) == (Decimal("0.15"), ("a.model-of-tomorrow",))


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("as_of", "soon"),
        ("families", {}),
        ("kinds", {"database": 2}),
        ("nat_gateway", -1),
        ("volumes", {"gp3": "NaN"}),
    ],
    ids=["date", "empty", "missing", "negative", "nan"],
)
def test_a_wrong_file_is_refused_by_its_entry(tmp_path: Path, part: str, value: object) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(SHIPPED.read_text()), part: value}))
    with pytest.raises(FileRefused, match=part):
        read_prices(file)
