"""Whether CloudTrail, Config and GuardDuty watch an account, as AWS's stand-in shows it over HTTP.

In the last test a whole sweep asks, on a real PostgreSQL.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from tests.integration.provisioning.conftest import provisioning_on
from tests.integration.provisioning.outside.test_money import OTHER_REGION, REGION, Account
from tests.integration.provisioning.outside.test_sweeping import listed
from tests.integration.provisioning.outside.world import World
from tests.integration.provisioning.test_api import Callers
from tests.integration.provisioning.test_sweeps import POLICY, FakeInventory, Sweeping
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

from chassis.failures import Kind, NeverPossible, NotNow
from local_stack.postgres import LocalPostgres
from provisioning.adapters.aws import swept_detection
from provisioning.adapters.aws.swept_detection import SweptDetection
from provisioning.adapters.outside_settings import DETECTION
from provisioning.bootstrap import wired_inventories
from provisioning.domain.account_states import AccountState
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.findings import FindingState, Thing, ThingKind
from provisioning.handlers.account_ports import AccountInUse


class InUse:
    """Implements the port `AccountsInUse`."""

    def __init__(self, *accounts: AccountInUse) -> None:
        self.accounts = sorted(accounts, key=lambda one: one.account_id)

    def __call__(self, *, after: str = "", account_id: str | None = None) -> AccountInUse | None:
        behind = (one for one in self.accounts if one.account_id > after)
        return next((one for one in behind if account_id in (None, one.account_id)), None)


@pytest.fixture
def account(world: World) -> Account:
    return Account(world)


def swept(world: World, *accounts: AccountInUse, demanded: Sequence[str] = DETECTION) -> SweptDetection:
    return SweptDetection(world.aws, (REGION, OTHER_REGION), demanded, InUse(*accounts))


def ids(things: Sequence[Thing]) -> set[str]:
    return {thing.outside_id.partition("/")[2] for thing in things}


def switch_on(account: Account, region: str) -> None:
    account("s3").create_bucket(Bucket=f"trail-{account.id}")
    trails, config = account("cloudtrail", region), account("config", region)
    trails.create_trail(Name="own", S3BucketName=f"trail-{account.id}")
    trails.start_logging(Name="own")
    role = f"arn:aws:iam::{account.id}:role/config"
    config.put_configuration_recorder(ConfigurationRecorder={"name": "r", "roleARN": role})
    config.put_delivery_channel(DeliveryChannel={"name": "c", "s3BucketName": f"trail-{account.id}"})
    config.start_configuration_recorder(ConfigurationRecorderName="r")
    account("guardduty", region).create_detector(Enable=True)


def test_what_is_off_is_told_by_region_until_it_is_on(world: World, account: Account) -> None:
    inventory = swept(world, AccountInUse(account.id, None))
    switch_on(account, REGION)
    gaps = listed(inventory)
    assert ids(gaps) == {f"{OTHER_REGION}/{service}/off" for service in DETECTION}
    assert f"{account.id}: guardduty off in {OTHER_REGION}" in {gap.label for gap in gaps}
    assert all(inventory.find(gap.outside_id) == gap for gap in gaps)

    account("cloudtrail").stop_logging(Name="own")
    account("config").stop_configuration_recorder(ConfigurationRecorderName="r")
    guardduty = account("guardduty")
    [detector] = guardduty.list_detectors()["DetectorIds"]
    guardduty.update_detector(DetectorId=detector, Enable=False)
    off = listed(inventory)
    assert len(off) == 6
    account("cloudtrail").start_logging(Name="own")
    account("config").start_configuration_recorder(ConfigurationRecorderName="r")
    guardduty.update_detector(DetectorId=detector, Enable=True)
    assert {gap.outside_id for gap in off if inventory.find(gap.outside_id)} == {
        gap.outside_id for gap in gaps
    }


def test_a_trail_of_all_regions_watches_each(world: World, account: Account) -> None:
    account("s3").create_bucket(Bucket=f"all-{account.id}")
    trails = account("cloudtrail")
    trails.create_trail(Name="all", S3BucketName=f"all-{account.id}", IsMultiRegionTrail=True)
    inventory = swept(world, AccountInUse(account.id, None), demanded=["cloudtrail"])
    assert len(listed(inventory)) == 2
    trails.start_logging(Name="all")
    assert listed(inventory) == []


def test_only_regions_that_an_account_may_use_and_what_is_demanded(world: World, account: Account) -> None:
    mine = AccountInUse(account.id, [OTHER_REGION])
    guardduty = swept(world, mine, demanded=["guardduty"])
    [gap] = listed(guardduty)
    assert ids([gap]) == {f"{OTHER_REGION}/guardduty/off"}
    assert guardduty.find(gap.outside_id) == gap
    assert swept(world, mine, demanded=["config"]).find(gap.outside_id) is None
    assert swept(world, AccountInUse(account.id, [REGION])).find(gap.outside_id) is None
    assert swept(world).find(gap.outside_id) is None, "nobody uses the account any more"
    nothing = swept(world, mine, demanded=())
    assert (listed(nothing), nothing.find(gap.outside_id)) == ([], None)


def test_what_is_denied_is_unknown_and_what_was_off_stays_off(
    world: World, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: object) -> bool:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "No."}}, "ListDetectors")

    inventory = swept(world, AccountInUse(account.id, [REGION]), demanded=["guardduty"])
    [off] = listed(inventory)
    with monkeypatch.context() as patch:
        patch.setitem(swept_detection._IS_ON, "guardduty", denied)
        [unknown] = listed(inventory)
        still = inventory.find(off.outside_id)
        assert ids([unknown]) == {f"{REGION}/guardduty/unknown"}
        assert unknown.label.startswith(f"{account.id}: guardduty unknown in {REGION} (")
        assert inventory.find(unknown.outside_id) == unknown
        assert still is not None
        assert still.outside_id == off.outside_id
    assert inventory.find(unknown.outside_id) is None, "it is off, and told so"
    account("guardduty").create_detector(Enable=True)
    assert (inventory.find(off.outside_id), listed(inventory)) == (None, [])


def test_an_account_that_lets_nobody_in_is_unknown_once_and_holds_up_no_other(
    world: World, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Account(world)
    let_in = world.aws.member_credentials

    def shut(account_id: str) -> object:
        if account_id == account.id:
            raise NotNow("account_not_ready", "It does not let us in yet.", kind=Kind.DENIED)
        return let_in(account_id)

    monkeypatch.setattr(world.aws, "member_credentials", shut)
    both = (AccountInUse(one.id, [REGION]) for one in (account, other))
    inventory = swept(world, *both, demanded=["config"])
    gaps = {gap.outside_id: gap for gap in listed(inventory)}
    unknown = f"{account.id}/-/-/unknown"
    assert gaps.keys() == {unknown, f"{other.id}/{REGION}/config/off"}
    assert gaps[unknown].label == f"{account.id}: detection unknown (account_not_ready)"
    assert inventory.find(f"{account.id}/{REGION}/config/off") is not None
    monkeypatch.undo()
    assert inventory.find(unknown) is None


def test_nothing_is_switched_from_here(world: World, account: Account) -> None:
    inventory = swept(world, AccountInUse(account.id, [REGION]), demanded=["config"])
    [gap] = listed(inventory)
    with pytest.raises(NeverPossible, match="Switch it on"):
        inventory.remove(gap)


def test_sweeps_find_what_is_off_and_see_it_heal(
    world: World, account: Account, postgres: LocalPostgres, moto_url: str
) -> None:
    name, outside = "test_detection", FakeOutside()
    url = postgres.ensure_database(name, owner="tests", password="tests")
    environ = {"AWS_ENDPOINT_URL": moto_url, "SANDBOX_REGIONS": REGION, "SANDBOX_DETECTION": "guardduty"}
    swept = {POLICY: FakeInventory(POLICY)}
    with provisioning_on(url, fake_steps(outside), outside, environ, swept) as provisioning:
        swept[ThingKind.DETECTION_GAP] = wired_inventories(provisioning.service)[ThingKind.DETECTION_GAP]
        sweeping, callers = Sweeping(provisioning, swept), Callers(provisioning)
        row = SandboxAccount(account_key=uuid4(), account_id=account.id, made_at=datetime.now(UTC))
        row.state = AccountState.AVAILABLE
        with provisioning.service.open_work() as work:
            work.accounts.add(row)

        def shown() -> list[tuple[str, str]]:
            answer = callers.get("/v1/accounts", callers.operator("viewer")).get_json()
            [seen] = [one for one in answer["accounts"] if one["account_id"] == account.id]
            return [(gap["state"], gap["label"]) for gap in seen["detection_gaps"]]

        sweeping.sweep()
        assert shown() == [("suspected", f"{account.id}: guardduty off in {REGION}")]
        sweeping.sweep(minutes_since=31)
        assert shown() == [("open", f"{account.id}: guardduty off in {REGION}")]
        with provisioning.service.open_work() as work:
            assert work.findings.count() == {("detection_gap", "open"): 1}
        assert sweeping.remove(sweeping.one(), although_owner_unknown=True) is FindingState.OPEN
        account("guardduty").create_detector(Enable=True)
        sweeping.sweep(minutes_since=31)
        assert (sweeping.one().state, shown()) == (FindingState.GONE, [])
    postgres.drop_database(name)
