"""Machines are stopped whatever a partner put before them, as AWS's stand-in shows it."""

from typing import Any

import pytest
from tests.integration.provisioning.outside.test_money import IMAGE, OTHER_REGION, REGION, Account, account
from tests.integration.provisioning.outside.world import World

from chassis.failures import NotNow
from provisioning.adapters.aws import stopping_machines
from provisioning.adapters.aws.running_things import RunningThings

__all__ = ["account"]


def run(ec2: Any, count: int = 1) -> list[str]:
    made = ec2.run_instances(ImageId=IMAGE, InstanceType="m5.large", MinCount=count, MaxCount=count)
    return [one["InstanceId"] for one in made["Instances"]]


def states(ec2: Any) -> list[str]:
    there = [one for group in ec2.describe_instances()["Reservations"] for one in group["Instances"]]
    return [one["State"]["Name"] for one in there]


def make_groups(account: Account, names: list[str], size: int) -> Any:
    autoscaling = account("autoscaling")
    autoscaling.create_launch_configuration(
        LaunchConfigurationName=f"of-{size}", ImageId=IMAGE, InstanceType="t3.micro"
    )
    for name in names:
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName=f"of-{size}",
            MinSize=size,
            MaxSize=size,
            AvailabilityZones=["us-east-1a"],
        )
    return autoscaling


def test_only_groups_that_could_start_machines_are_suspended_and_once(
    world: World, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """400 empty ones took all calls that a stop had, so it never came to a machine."""
    autoscaling = make_groups(account, [f"empty-{number}" for number in range(5)], 0)
    make_groups(account, ["full-1", "full-2"], 1)
    run(account("ec2"))
    monkeypatch.setattr(stopping_machines, "CALLS_MOST", 5)
    for _ in range(2):
        RunningThings(world.aws, (REGION,)).stop(account.id)
    assert set(states(account("ec2"))) == {"stopped"}
    groups = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    suspended = {one["AutoScalingGroupName"] for one in groups if one["SuspendedProcesses"]}
    assert suspended == {"full-1", "full-2"}


def test_too_many_groups_keep_no_machine_running_and_each_stop_gets_on(
    world: World, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_groups(account, [f"full-{number}" for number in range(5)], 1)
    run(account("ec2", OTHER_REGION))
    monkeypatch.setattr(stopping_machines, "CALLS_MOST", 4)
    watcher = RunningThings(world.aws, (REGION, OTHER_REGION))
    with pytest.raises(NotNow) as caught:
        watcher.stop(account.id)
    assert caught.value.code == "too_much_to_see"
    assert set(states(account("ec2")) + states(account("ec2", OTHER_REGION))) == {"stopped"}
    watcher.stop(account.id)


def test_protection_against_being_stopped_is_taken_off(world: World, account: Account) -> None:
    ec2 = account("ec2")
    for one in run(ec2, 2):
        ec2.modify_instance_attribute(InstanceId=one, DisableApiStop={"Value": True})
    run(ec2)
    RunningThings(world.aws, (REGION,)).stop(account.id)
    assert states(ec2) == ["stopped"] * 3


def test_members_of_a_cluster_are_stopped_with_their_cluster(world: World, account: Account) -> None:
    rds = account("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="c",
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="hunter2x",
    )
    rds.create_db_instance(
        DBInstanceIdentifier="member",
        DBClusterIdentifier="c",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r5.large",
    )
    rds.create_db_instance(
        DBInstanceIdentifier="own", DBInstanceClass="db.m5.large", Engine="mysql", AllocatedStorage=20
    )
    RunningThings(world.aws, (REGION,)).stop(account.id)
    there = rds.describe_db_instances()["DBInstances"]
    found = {one["DBInstanceIdentifier"]: one["DBInstanceStatus"] for one in there}
    assert found == {"own": "stopped", "member": "available"}, "AWS refuses to stop a member by itself"
    assert rds.describe_db_clusters()["DBClusters"][0]["Status"] == "stopped"
    RunningThings(world.aws, (REGION,)).stop(account.id)
