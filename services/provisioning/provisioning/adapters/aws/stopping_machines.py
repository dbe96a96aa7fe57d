"""Stops the machines of a member account that can be started again; nothing is destroyed.

Deny-all shuts people out, and lets run on what runs.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_AT_ONCE = 50
Client = Callable[[str, str], Any]


def stop_machines(client: Client, regions: Sequence[str]) -> None:
    """Stop what can be, in all regions. Raises the first failure once all else is stopped."""
    failures: list[ClientError | BotoCoreError] = []
    for region in regions:
        # Groups first: they put new machines in the place of those that stop.
        for service, stop in (("autoscaling", _groups), ("ec2", _instances), ("rds", _databases)):
            try:
                failures += stop(client(service, region))
            except (ClientError, BotoCoreError) as error:
                failures.append(error)
    if failures:
        raise failures[0]


def _groups(autoscaling: Any) -> list[ClientError]:
    groups = autoscaling.get_paginator("describe_auto_scaling_groups").paginate()
    names = (group["AutoScalingGroupName"] for page in groups for group in page["AutoScalingGroups"])
    return list(_failures(lambda name: autoscaling.suspend_processes(AutoScalingGroupName=name), names))


def _instances(ec2: Any) -> list[ClientError]:
    """One that cannot be stopped, as of a spot request, keeps none of the others running."""
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    pages = ec2.get_paginator("describe_instances").paginate(Filters=running)
    ids = (
        one["InstanceId"] for page in pages for group in page["Reservations"] for one in group["Instances"]
    )
    failures: list[ClientError] = []
    while some := list(islice(ids, _AT_ONCE)):
        if list(_failures(lambda them: ec2.stop_instances(InstanceIds=them), [some])):
            failures += _failures(lambda one: ec2.stop_instances(InstanceIds=[one]), some)
    return failures


def _databases(rds: Any) -> list[ClientError]:
    pages = rds.get_paginator("describe_db_instances").paginate()
    running = (
        one["DBInstanceIdentifier"]
        for page in pages
        for one in page["DBInstances"]
        if one["DBInstanceStatus"] == "available"
    )
    return list(_failures(lambda name: rds.stop_db_instance(DBInstanceIdentifier=name), running))


def _failures(stop: Callable[[Any], object], things: Any) -> Iterator[ClientError]:
    for thing in things:
        try:
            stop(thing)
        except ClientError as error:
            yield error
