"""Stops the machines of a member account in a way that can be undone; nothing is destroyed.

Deny-all shuts people out, but does not stop what already runs.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chassis.failures import Failure
from provisioning.adapters.aws.failures import every

# A failure in one service of one region does not affect the others: each has calls of its own.
CALLS_MOST = 1000
_AT_ONCE = 50
_ON_A_PAGE = 100
# In any other state a database cannot be stopped, or is stopping already.
_CAN_BE_STOPPED = "available"
Client = Callable[[str, str], Any]
Visit = Callable[[int], AbstractContextManager[None]]
Failures = Iterable[ClientError]


def stop_machines(visit: Visit, client: Client, regions: Sequence[str]) -> None:
    """Stop everything that can be stopped, in all regions. Raises the first failure at the end."""
    failures: list[Failure | ClientError | BotoCoreError] = []
    for region in regions:
        # Groups first, because they replace machines that stop.
        for service, stop in (("autoscaling", _groups), ("ec2", _instances), ("rds", _databases)):
            try:
                with visit(CALLS_MOST):
                    failures += stop(client(service, region))
            except (Failure, ClientError, BotoCoreError) as error:
                failures.append(error)
    if failures:
        raise failures[0]


def _groups(autoscaling: Any) -> Failures:
    """Suspend groups that could start another machine; an empty group matters once it has one."""
    paging = {"PageSize": _ON_A_PAGE}
    groups = every(autoscaling, "describe_auto_scaling_groups", "AutoScalingGroups", PaginationConfig=paging)
    names = (
        group["AutoScalingGroupName"]
        for group in groups
        if (group["Instances"] or group["DesiredCapacity"])
        and not any(one["ProcessName"] == "Launch" for one in group["SuspendedProcesses"])
    )
    yield from _failures(lambda name: autoscaling.suspend_processes(AutoScalingGroupName=name), names)


def _instances(ec2: Any) -> Failures:
    """An instance that cannot be stopped, such as a spot request, does not keep others running."""
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    groups = every(ec2, "describe_instances", "Reservations", Filters=running)
    ids = (one["InstanceId"] for group in groups for one in group["Instances"])
    one_by_one: list[str] = []
    while some := list(islice(ids, _AT_ONCE)):
        if list(_failures(lambda them: ec2.stop_instances(InstanceIds=them), [some])):
            one_by_one += some
    yield from _failures(lambda one: _stop_instance(ec2, one), one_by_one)


def _stop_instance(ec2: Any, instance_id: str) -> None:
    """Also stops one with stop protection, which the person who started it may have set."""
    try:
        ec2.stop_instances(InstanceIds=[instance_id])
    except ClientError as error:
        if error.response["Error"]["Code"] != "OperationNotPermitted":
            raise
        ec2.modify_instance_attribute(InstanceId=instance_id, DisableApiStop={"Value": False})
        ec2.stop_instances(InstanceIds=[instance_id])


def _databases(rds: Any) -> Failures:
    """A member of a cluster (Aurora, or multi-zone) is only stopped with its cluster."""
    clusters = (
        one["DBClusterIdentifier"]
        for one in every(rds, "describe_db_clusters", "DBClusters")
        if one["Status"] == _CAN_BE_STOPPED
    )
    yield from _failures(lambda name: rds.stop_db_cluster(DBClusterIdentifier=name), clusters)
    single = (
        one["DBInstanceIdentifier"]
        for one in every(rds, "describe_db_instances", "DBInstances")
        if one["DBInstanceStatus"] == _CAN_BE_STOPPED and not one.get("DBClusterIdentifier")
    )
    yield from _failures(lambda name: rds.stop_db_instance(DBInstanceIdentifier=name), single)


def _failures(stop: Callable[[Any], object], things: Iterable[Any]) -> Iterator[ClientError]:
    for thing in things:
        try:
            stop(thing)
        except ClientError as error:
            yield error
