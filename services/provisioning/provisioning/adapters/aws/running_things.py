"""What runs in a member account and costs money by the hour or by use, in all of its regions."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chassis.failures import Failure, NotNow
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted, every, sorted_failure
from provisioning.adapters.aws.member_accounts import MemberAccounts
from provisioning.adapters.aws.stopping_machines import stop_machines
from provisioning.domain.prices import RunningThing, Runs, Seen, Use
from provisioning.domain.steps import Cause

CALLS_MOST = 400
_SECONDS_MOST = 60.0
_PAGE = 1000
_ON_A_PAGE = 100
_UNITS = {"InputTokenCount": "input_tokens", "OutputTokenCount": "output_tokens"}
_STOPPED = {"stopped", "deleting", "failed", "inaccessible-encryption-credentials"}
_MACHINE_IS_GONE = {"OutOfService", "Failed", "Deleting"}
_QUERIES_MOST = 500
_SECONDS_OF_A_MINUTE = 60

Lister = Callable[[Any, str], Iterable[RunningThing]]


class RunningThings:
    """Implements the port `AccountWatcher`. Thread-safe.

    For each region: instances, volumes, NAT gateways, databases, machine learning, model tokens. What ran for
    minutes between two looks is not seen.
    """

    def __init__(
        self, aws: AwsClients, regions: Sequence[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._members = MemberAccounts(aws)
        self._regions = regions
        self._clock = clock

    def look(self, account_id: str, used_since: datetime, used_until: datetime) -> Seen:
        """Asks for the most expensive kinds first; what exceeds time or number of calls is not seen."""
        deadline = self._clock() + _SECONDS_MOST
        running: Counter[RunningThing] = Counter()
        used: list[Use] = []
        unseen: list[Cause] = []
        use_is_seen = True
        with aws_failures_sorted(), self._members.visit(account_id, CALLS_MOST):
            for service, lister in _LISTERS:
                for region in self._regions:
                    try:
                        self._hurry(deadline)
                        running.update(lister(self._members.client(service, region), region))
                    except (Failure, ClientError, BotoCoreError) as error:
                        unseen.append(_cause(error, service, region))
            for region in self._regions:
                try:
                    self._hurry(deadline)
                    used += _tokens(
                        self._members.client("cloudwatch", region), region, used_since, used_until
                    )
                except (Failure, ClientError, BotoCoreError) as error:
                    use_is_seen = False
                    unseen.append(_cause(error, "cloudwatch", region))
        return Seen(running=running, used=tuple(used) if use_is_seen else None, unseen=tuple(unseen))

    def stop(self, account_id: str) -> None:
        with aws_failures_sorted():
            stop_machines(partial(self._members.visit, account_id), self._members.client, self._regions)

    def _hurry(self, deadline: float) -> None:
        if self._clock() > deadline:
            raise NotNow("look_took_too_long", "The account did not answer within a minute.")


def _cause(error: Failure | ClientError | BotoCoreError, service: str, region: str) -> Cause:
    failure = error if isinstance(error, Failure) else sorted_failure(error)
    return Cause(failure.code, f"{service} in {region}: {failure.message}")


def _pages(client: Any, operation: str, field: str, size: int | None = None, **wanted: Any) -> Iterator[Any]:
    paging = {"PageSize": size} if size else {}
    return every(client, operation, field, PaginationConfig=paging, **wanted)


def _instances(ec2: Any, region: str) -> Iterator[RunningThing]:
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    for reservation in _pages(ec2, "describe_instances", "Reservations", _PAGE, Filters=running):
        for one in reservation["Instances"]:
            details = one.get("PlatformDetails", one.get("Platform", "")).lower()
            licence = "" if "linux/unix" in details else details.removesuffix(" linux")
            licence = next((known for known in _LICENCES if known in licence), licence)
            yield RunningThing(kind=Runs.INSTANCE, type=one["InstanceType"], region=region, licence=licence)


# The longer name first, because it contains the other.
_LICENCES = ("windows with sql server", "sql server", "windows", "red hat", "suse")


def _volumes(ec2: Any, region: str) -> Iterator[RunningThing]:
    for one in _pages(ec2, "describe_volumes", "Volumes", _PAGE):
        yield RunningThing(
            kind=Runs.VOLUME,
            type=one["VolumeType"],
            region=region,
            gigabytes=one["Size"],
            iops=_paid_iops(one["VolumeType"], one.get("Iops", 0)),
        )


def _paid_iops(type_: str, iops: int) -> int:
    """3,000 are included with every gp3, and all of gp2 with its size."""
    return {"gp3": max(iops - 3000, 0), "gp2": 0}.get(type_, iops)


def _nat_gateways(ec2: Any, region: str) -> Iterator[RunningThing]:
    there = [{"Name": "state", "Values": ["pending", "available"]}]
    for _ in _pages(ec2, "describe_nat_gateways", "NatGateways", _PAGE, Filter=there):
        yield RunningThing(kind=Runs.NAT_GATEWAY, type="", region=region)


def _databases(rds: Any, region: str) -> Iterator[RunningThing]:
    """A second one in another zone costs as much as the first; a stopped one costs its storage."""
    for one in _pages(rds, "describe_db_instances", "DBInstances", _ON_A_PAGE):
        machines = 2 if one.get("MultiAZ") else 1
        stored = one.get("AllocatedStorage", 0) if "aurora" not in one.get("Engine", "") else 0
        engine = one.get("Engine", "")
        licence = "oracle" if "oracle" in engine else "sql server" if "sqlserver" in engine else ""
        for _ in range(machines):
            if one.get("DBInstanceStatus") in _STOPPED:
                yield RunningThing(kind=Runs.VOLUME, type="gp3", region=region, gigabytes=stored)
                continue
            yield RunningThing(
                kind=Runs.DATABASE,
                type=one["DBInstanceClass"].removeprefix("db."),
                region=region,
                licence=licence,
                gigabytes=stored,
            )


def _machine_learning(sagemaker: Any, region: str) -> Iterator[RunningThing]:
    def thing(type_: str) -> RunningThing:
        return RunningThing(kind=Runs.MACHINE_LEARNING, type=type_.removeprefix("ml."), region=region)

    for one in _pages(sagemaker, "list_endpoints", "Endpoints", _ON_A_PAGE):
        if one["EndpointStatus"] not in _MACHINE_IS_GONE:
            yield from map(thing, _machines_of_endpoint(sagemaker, one["EndpointName"]))
    for one in _pages(
        sagemaker, "list_notebook_instances", "NotebookInstances", _ON_A_PAGE, StatusEquals="InService"
    ):
        yield thing(one["InstanceType"])
    for one in _pages(
        sagemaker, "list_training_jobs", "TrainingJobSummaries", _ON_A_PAGE, StatusEquals="InProgress"
    ):
        job = sagemaker.describe_training_job(TrainingJobName=one["TrainingJobName"])
        resources = job.get("ResourceConfig", {})
        if "InstanceType" in resources:
            yield from [thing(resources["InstanceType"])] * resources.get("InstanceCount", 1)


def _machines_of_endpoint(sagemaker: Any, name: str) -> Iterator[str]:
    """Serverless variants have none; they are paid by use, which is not counted here."""
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    counts = {one["VariantName"]: one.get("CurrentInstanceCount") for one in endpoint["ProductionVariants"]}
    for variant in config["ProductionVariants"]:
        if "InstanceType" in variant:
            count = counts.get(variant["VariantName"]) or variant.get("InitialInstanceCount", 1)
            yield from [variant["InstanceType"]] * count


def _tokens(cloudwatch: Any, region: str, since: datetime, until: datetime) -> list[Use]:
    """Tokens in and out of models, minute by minute; an account without use costs one call."""
    if since >= until:
        return []
    known = _pages(cloudwatch, "list_metrics", "Metrics", Namespace="AWS/Bedrock", RecentlyActive="PT3H")
    metrics = [
        metric
        for metric in known
        if metric["MetricName"] in _UNITS and [one["Name"] for one in metric["Dimensions"]] == ["ModelId"]
    ][:_QUERIES_MOST]
    if not metrics:
        return []
    queries = [
        {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": _SECONDS_OF_A_MINUTE, "Stat": "Sum"}}
        for number, metric in enumerate(metrics)
    ]
    sums: Counter[str] = Counter()
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=since, EndTime=until
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            sums[result["Id"]] += sum(result["Values"])
    return [
        Use(
            type=metric["Dimensions"][0]["Value"],
            unit=_UNITS[metric["MetricName"]],
            region=region,
            amount=Decimal(str(sums[f"m{number}"])),
        )
        for number, metric in enumerate(metrics)
        if sums[f"m{number}"]
    ]


_LISTERS: tuple[tuple[str, Lister], ...] = (
    ("ec2", _instances),
    ("sagemaker", _machine_learning),
    ("rds", _databases),
    ("ec2", _nat_gateways),
    ("ec2", _volumes),
)
