"""The steps of IoT."""

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.adapters.aws.iot_certificate import IotCertificate
from provisioning.adapters.aws.iot_endpoint import IotEndpoint
from provisioning.adapters.aws.iot_gateway import IotGateway
from provisioning.adapters.aws.iot_policy import IotPolicy
from provisioning.adapters.aws.iot_thing_group import IotThingGroup
from provisioning.adapters.sorted_step import sorted_steps
from provisioning.handlers.ports import Step


def iot_steps(aws: AwsClients) -> list[Step]:
    return sorted_steps(
        aws_failures_sorted,
        IotThingGroup(aws),
        IotPolicy(aws),
        IotGateway(aws),
        IotCertificate(aws),
        IotEndpoint(aws),
    )
