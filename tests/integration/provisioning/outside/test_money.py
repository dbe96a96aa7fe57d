"""What runs in an account, and what is billed for it, as AWS's stand-ins show it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import order_for

from chassis.failures import NeverPossible, NotNow
from local_stack.stand_ins.aws_bills import BILLS
from provisioning.adapters.aws import running_things
from provisioning.adapters.aws.cost_explorer import CostExplorer
from provisioning.adapters.aws.running_things import RunningThings
from provisioning.domain.prices import RunningThing, Runs, Use

REGION, OTHER_REGION = "us-east-1", "eu-west-1"
NOW = datetime.now(UTC).replace(second=0, microsecond=0)
HOUR = timedelta(hours=1)
IMAGE = "ami-12c6146b"  # of Windows


class Account:
    """A member account, as somebody in it sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.id = str(world.steps["sandbox_account"].apply(order_for("cloud_sandbox"), {})["account_id"])
        self._credentials = world.aws.member_credentials(self.id)

    def __call__(self, service: str, region: str = REGION) -> Any:
        signed = self._credentials
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.world.settings.aws_endpoint_url,
            aws_access_key_id=signed.access_key,
            aws_secret_access_key=signed.secret_key,
            aws_session_token=signed.token,
        )


@pytest.fixture
def account(world: World) -> Account:
    return Account(world)


def test_a_look_sees_what_is_paid_by_the_hour_and_by_use(world: World, account: Account) -> None:
    ec2 = account("ec2")
    made = ec2.run_instances(ImageId=IMAGE, InstanceType="m5.large", MinCount=3, MaxCount=3)
    ec2.stop_instances(InstanceIds=[made["Instances"][0]["InstanceId"]])
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=500, VolumeType="io1", Iops=4000)
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.create_nat_gateway(SubnetId=subnet)
    other = account("ec2", OTHER_REGION)
    other.run_instances(ImageId=IMAGE, InstanceType="p3.2xlarge", MinCount=1, MaxCount=1)
    account("rds").create_db_instance(
        DBInstanceIdentifier="d",
        DBInstanceClass="db.m5.large",
        Engine="mysql",
        AllocatedStorage=20,
        MultiAZ=True,
    )
    sagemaker = account("sagemaker")
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=f"arn:aws:iam::{account.id}:role/m")
    sagemaker.create_endpoint_config(
        EndpointConfigName="c",
        ProductionVariants=[
            {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.p3.2xlarge", "InitialInstanceCount": 2}
        ],
    )
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    for name, tokens in (("InputTokenCount", 700.0), ("OutputTokenCount", 90.0)):
        account("cloudwatch").put_metric_data(
            Namespace="AWS/Bedrock",
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "ModelId", "Value": "anthropic.claude-3"}],
                    "Timestamp": NOW - HOUR,
                    "Value": tokens,
                }
            ],
        )

    seen = RunningThings(world.aws, (REGION, OTHER_REGION)).look(account.id, NOW - 2 * HOUR, NOW)

    assert seen.unseen == ()
    volumes = {one for one in seen.running if one.kind is Runs.VOLUME and one.type == "io1"}
    rest = {one: count for one, count in seen.running.items() if one.kind is not Runs.VOLUME}
    assert rest == {
        RunningThing(kind=Runs.INSTANCE, type="m5.large", region=REGION, licence="windows"): 2,
        RunningThing(kind=Runs.INSTANCE, type="p3.2xlarge", region=OTHER_REGION, licence="windows"): 1,
        RunningThing(kind=Runs.NAT_GATEWAY, type="", region=REGION): 1,
        RunningThing(kind=Runs.DATABASE, type="m5.large", region=REGION, gigabytes=20): 2,
        RunningThing(kind=Runs.MACHINE_LEARNING, type="p3.2xlarge", region=REGION): 2,
    }
    assert volumes == {RunningThing(kind=Runs.VOLUME, type="io1", region=REGION, gigabytes=500, iops=4000)}
    assert set(seen.used or ()) == {
        Use(type="anthropic.claude-3", unit=unit, region=REGION, amount=Decimal(str(amount)))
        for unit, amount in (("input_tokens", 700.0), ("output_tokens", 90.0))
    }
    later = RunningThings(world.aws, (REGION,)).look(account.id, NOW, NOW + HOUR)
    assert later.used == ()


def test_machines_are_stopped_and_none_is_destroyed(world: World, account: Account) -> None:
    ec2, rds = account("ec2"), account("rds")
    ec2.run_instances(ImageId=IMAGE, InstanceType="m5.large", MinCount=60, MaxCount=60)
    rds.create_db_instance(
        DBInstanceIdentifier="d", DBInstanceClass="db.m5.large", Engine="mysql", AllocatedStorage=20
    )
    watcher = RunningThings(world.aws, (REGION,))
    watcher.stop(account.id)
    watcher.stop(account.id)
    seen = watcher.look(account.id, NOW, NOW)
    assert not any(one.is_machine for one in seen.running)
    there = [one for group in ec2.describe_instances()["Reservations"] for one in group["Instances"]]
    assert [one["State"]["Name"] for one in there] == ["stopped"] * 60
    assert len(rds.describe_db_instances()["DBInstances"]) == 1


def test_looks_at_two_accounts_do_not_see_each_other(world: World, account: Account) -> None:
    ec2 = account("ec2")
    ec2.run_instances(ImageId=IMAGE, InstanceType="m5.large", MinCount=1, MaxCount=1)
    watcher = RunningThings(world.aws, (REGION,))
    main = world.inventory.aws("organizations").create_account(Email="b@example.com", AccountName="b")
    other = main["CreateAccountStatus"]["AccountId"]
    of_both = [watcher.look(one, NOW, NOW).running for one in (account.id, other, account.id)]
    instances = [sum(n for one, n in seen.items() if one.kind is Runs.INSTANCE) for seen in of_both]
    assert instances == [1, 0, 1]


def test_what_cannot_be_looked_at_is_told_beside_what_was_seen(
    world: World, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> Iterator[RunningThing]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "No."}}, "ListEndpoints")

    listers = tuple(
        (service, denied if service == "sagemaker" else one) for service, one in running_things._LISTERS
    )
    monkeypatch.setattr(running_things, "_LISTERS", listers)
    ec2 = account("ec2")
    ec2.run_instances(ImageId=IMAGE, InstanceType="m5.large", MinCount=1, MaxCount=1)
    seen = RunningThings(world.aws, (REGION,)).look(account.id, NOW, NOW)
    assert [(one.code, one.message.split(":")[0]) for one in seen.unseen] == [
        ("aws_access_denied", "sagemaker in us-east-1")
    ]
    assert any(one.type == "m5.large" for one in seen.running)


def test_a_look_ends_by_its_calls_and_by_its_time(
    world: World, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_things, "CALLS_MOST", 3)
    few = RunningThings(world.aws, (REGION,)).look(account.id, NOW - HOUR, NOW)
    assert {one.code for one in few.unseen} == {"too_much_to_see"}
    assert few.used is None
    seconds = iter(range(0, 10_000, 40))
    slow = RunningThings(world.aws, (REGION,), clock=lambda: next(seconds)).look(account.id, NOW, NOW)
    assert {one.code for one in slow.unseen} == {"look_took_too_long"}


def test_an_account_that_lets_nobody_in_is_a_failure(world: World) -> None:
    def refuse(_parsed: dict[str, Any]) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "No."}}, "AssumeRole")

    world.rewrite["sts:AssumeRole"] = refuse
    with pytest.raises(NotNow, match="does not let us in") as caught:
        RunningThings(world.aws, (REGION,)).look("123456789012", NOW, NOW)
    assert caught.value.code == "account_not_ready"


def bill(world: World, *bills: tuple[str, str, str, str]) -> None:
    names = ("account_id", "day", "record_type", "amount")
    told = [{**dict(zip(names, one, strict=True)), "unit": "USD"} for one in bills]
    httpx.post(f"{world.settings.aws_endpoint_url}{BILLS}", json=told).raise_for_status()


def test_bills_are_read_to_the_last_page_and_digit(world: World) -> None:
    mine, foreign = "111111111111", "999999999999"
    days = [f"2026-11-{day:02}" for day in range(1, 11)]
    bill(world, *((mine, day, "Usage", "0.1234567891") for day in days))
    bill(world, *((mine, day, "Credit", "-0.1") for day in days), (foreign, days[0], "Usage", "5"))
    bill(world, (mine, "2026-10-31", "Usage", "7"), (mine, days[4], "Refund", "-0.05"))
    read = CostExplorer(world.aws).read([mine, "222222222222"], date(2026, 11, 1), date(2026, 11, 30))
    assert len(read.days) == 21
    assert sum(one.usd for one in read.days) == Decimal("0.1234567891") * 10 - 1 - Decimal("0.05")
    assert {one.account_id for one in read.days} == {mine}


def test_bills_that_are_no_dollars_are_told_and_hide_no_other(world: World) -> None:
    mine, cny, odd, foreign = (f"{digit}" * 12 for digit in "1239")
    bill(world, *((whose, "2026-11-01", "Usage", "1") for whose in (mine, cny, odd, foreign)))
    spoilt = iter(["NaN", "nothing", "Infinity"])

    def spoil(parsed: dict[str, Any]) -> None:
        for day in parsed["ResultsByTime"]:
            for group in day["Groups"]:
                cost = group["Metrics"]["UnblendedCost"]
                cost.update(Unit="USD" if group["Keys"][0] in (mine, odd) else "CNY")
                cost.update(Amount=next(spoilt) if group["Keys"][0] == odd else "1")

    world.rewrite["ce:GetCostAndUsage"] = spoil
    for _ in range(3):
        read = CostExplorer(world.aws).read([mine, cny, odd], date(2026, 11, 1), date(2026, 11, 2))
        assert [(one.account_id, one.usd) for one in read.days] == [(mine, 1)]
        assert {one: why.code for one, why in read.unreadable.items()} == {
            cny: "other_currency",
            odd: "no_amount",
        }


def test_bills_that_do_not_end_are_refused(world: World) -> None:
    world.rewrite["ce:GetCostAndUsage"] = lambda parsed: parsed.update(NextPageToken="page-0")
    with pytest.raises(NeverPossible) as caught:
        CostExplorer(world.aws).read(["111111111111"], date(2026, 11, 1), date(2026, 11, 2))
    assert caught.value.code == "bills_without_end"
