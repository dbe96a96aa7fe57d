"""What is left in a member account that should be empty, by a check of our own beside aws-nuke."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jmespath

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.identity_center import given_ways_in
from provisioning.domain.accounts import LeftThing

# AWS tags some of these itself, and KMS keys can only be scheduled for deletion.
_NOT_COUNTED_BY_TAG = (":kms:",)


@dataclass(frozen=True)
class Listed:
    """One list call of one service.

    ``ids`` is a JMESPath over a page of answers; it leaves out what AWS creates itself. The account's id is
    filled in where it names it.
    """

    kind: str
    service: str
    operation: str
    ids: str
    values: dict[str, Any] = field(default_factory=dict)

    def of(self, account_id: str) -> "Listed":
        return replace(self, ids=self.ids.replace(_ACCOUNT, account_id))


_ACCOUNT = "ACCOUNT-ID"
_OURS = {"Owners": ["self"]}
IN_EACH_REGION = (
    Listed(
        "instance",
        "ec2",
        "describe_instances",
        "Reservations[].Instances[?State.Name!='terminated'][].InstanceId",
    ),
    Listed("volume", "ec2", "describe_volumes", "Volumes[].VolumeId"),
    Listed(
        "snapshot",
        "ec2",
        "describe_snapshots",
        f"Snapshots[?OwnerId=='{_ACCOUNT}'].SnapshotId",
        {"OwnerIds": ["self"]},
    ),
    Listed("image", "ec2", "describe_images", "Images[].ImageId", _OURS),
    Listed("address", "ec2", "describe_addresses", "Addresses[].AllocationId"),
    Listed("nat_gateway", "ec2", "describe_nat_gateways", "NatGateways[?State!='deleted'].NatGatewayId"),
    Listed("vpc", "ec2", "describe_vpcs", "Vpcs[?!IsDefault].VpcId"),
    Listed("vpc_endpoint", "ec2", "describe_vpc_endpoints", "VpcEndpoints[?State!='deleted'].VpcEndpointId"),
    Listed("key_pair", "ec2", "describe_key_pairs", "KeyPairs[].KeyName"),
    Listed(
        "security_group",
        "ec2",
        "describe_security_groups",
        "SecurityGroups[?GroupName!='default'].GroupId",
    ),
    Listed("load_balancer", "elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerName"),
    Listed(
        "auto_scaling_group",
        "autoscaling",
        "describe_auto_scaling_groups",
        "AutoScalingGroups[].AutoScalingGroupName",
    ),
    Listed("database", "rds", "describe_db_instances", "DBInstances[].DBInstanceIdentifier"),
    Listed("database_cluster", "rds", "describe_db_clusters", "DBClusters[].DBClusterIdentifier"),
    Listed(
        "database_snapshot",
        "rds",
        "describe_db_snapshots",
        "DBSnapshots[].DBSnapshotIdentifier",
        {"SnapshotType": "manual"},
    ),
    Listed("table", "dynamodb", "list_tables", "TableNames[]"),
    Listed("function", "lambda", "list_functions", "Functions[].FunctionName"),
    Listed("container_cluster", "ecs", "list_clusters", "clusterArns[]"),
    Listed("kubernetes_cluster", "eks", "list_clusters", "clusters[]"),
    Listed("repository", "ecr", "describe_repositories", "repositories[].repositoryName"),
    Listed("cache", "elasticache", "describe_cache_clusters", "CacheClusters[].CacheClusterId"),
    Listed("warehouse", "redshift", "describe_clusters", "Clusters[].ClusterIdentifier"),
    Listed("search_domain", "opensearch", "list_domain_names", "DomainNames[].DomainName"),
    Listed("endpoint", "sagemaker", "list_endpoints", "Endpoints[].EndpointName"),
    Listed("notebook", "sagemaker", "list_notebook_instances", "NotebookInstances[].NotebookInstanceName"),
    Listed("file_system", "efs", "describe_file_systems", "FileSystems[].FileSystemId"),
    Listed("stream", "kinesis", "list_streams", "StreamNames[]"),
    Listed("queue", "sqs", "list_queues", "QueueUrls[]"),
    Listed("topic", "sns", "list_topics", "Topics[].TopicArn"),
    Listed("secret", "secretsmanager", "list_secrets", "SecretList[].Name"),
    Listed("parameter", "ssm", "describe_parameters", "Parameters[].Name"),
    Listed("log_group", "logs", "describe_log_groups", "logGroups[].logGroupName"),
    Listed("stack", "cloudformation", "describe_stacks", "Stacks[?StackStatus!='DELETE_COMPLETE'].StackName"),
    Listed("state_machine", "stepfunctions", "list_state_machines", "stateMachines[].name"),
    Listed("rest_api", "apigateway", "get_rest_apis", "items[].id"),
    Listed("data_catalogue", "glue", "get_databases", "DatabaseList[?Name!='default'].Name"),
    Listed("data_connection", "glue", "get_connections", "ConnectionList[].Name"),
    Listed("workgroup", "athena", "list_work_groups", "WorkGroups[?Name!='primary'].Name"),
    Listed("user_pool", "cognito-idp", "list_user_pools", "UserPools[].Id", {"MaxResults": 60}),
    Listed("launch_template", "ec2", "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId"),
    Listed("layer", "lambda", "list_layers", "Layers[].LayerName"),
    Listed(
        "resource_share",
        "ram",
        "get_resource_shares",
        "resourceShares[?status!='DELETED'].resourceShareArn",
        {"resourceOwner": "SELF"},
    ),
    Listed("event_bus", "events", "list_event_buses", "EventBuses[?Name!='default'].Name"),
    Listed("schedule", "scheduler", "list_schedules", "Schedules[].Name"),
    Listed("rule", "events", "list_rules", "Rules[?!ManagedBy].Name"),
    Listed("tagged", "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList[].ResourceARN"),
)
IN_NO_REGION = (
    Listed("bucket", "s3", "list_buckets", "Buckets[].Name"),
    Listed("user", "iam", "list_users", "Users[].UserName"),
    Listed("policy", "iam", "list_policies", "Policies[].PolicyName", {"Scope": "Local"}),
    Listed(
        "identity_provider",
        "iam",
        "list_saml_providers",
        # Identity Center's own.
        "SAMLProviderList[?!contains(Arn, ':saml-provider/AWSSSO_')].Arn",
    ),
    Listed("identity_provider", "iam", "list_open_id_connect_providers", "OpenIDConnectProviderList[].Arn"),
    Listed("instance_profile", "iam", "list_instance_profiles", "InstanceProfiles[].InstanceProfileName"),
    Listed(
        "server_certificate",
        "iam",
        "list_server_certificates",
        "ServerCertificateMetadataList[].ServerCertificateName",
    ),
    Listed("account_alias", "iam", "list_account_aliases", "AccountAliases[]"),
    Listed("group", "iam", "list_groups", "Groups[].GroupName"),
    Listed(
        "role",
        "iam",
        "list_roles",
        "Roles[?!starts_with(Path, '/aws-service-role/') && !starts_with(Path, '/aws-reserved/')].RoleName",
    ),
    Listed("hosted_zone", "route53", "list_hosted_zones", "HostedZones[].Id"),
    Listed("distribution", "cloudfront", "list_distributions", "DistributionList.Items[].Id"),
)


class ListedContents:
    """Implements the port `AccountContents`: the lists of services, and everything that has or had a tag.

    And who may sign in all the same, which somebody gave by hand, and no cleaner takes away.
    """

    def __init__(
        self,
        aws: AwsClients,
        regions: Sequence[str],
        member_role: str,
        *,
        once: Sequence[Listed] = IN_NO_REGION,
        in_each: Sequence[Listed] = IN_EACH_REGION,
    ) -> None:
        self._aws = aws
        self._once, self._in_each = once, in_each
        self._regions = regions
        self._member_role = member_role

    def left(self, account_id: str) -> Sequence[LeftThing]:
        client = self._aws.member(account_id)
        places = [(self._regions[0], self._once), *((one, self._in_each) for one in self._regions)]
        found = (
            thing
            for region, lists in places
            for thing in self._listed(client, region, [one.of(account_id) for one in lists])
        )
        ways_in = (LeftThing("way_in", whose) for whose in given_ways_in(self._aws, account_id))
        # A bucket may be reported by the list and by the tags, and once for each region.
        return sorted({*found, *ways_in}, key=lambda thing: (thing.kind, thing.outside_id))

    def _listed(
        self, client: Callable[[str, str], Any], region: str, lists: Iterable[Listed]
    ) -> Iterator[LeftThing]:
        clients: dict[str, Any] = {}
        for one in lists:
            if one.service not in clients:
                clients[one.service] = client(one.service, region)
            for outside_id in _ids(clients[one.service], one):
                if self._counts(one, outside_id):
                    yield LeftThing(one.kind, outside_id)

    def _counts(self, one: Listed, outside_id: str) -> bool:
        if one.kind == "role":
            return outside_id != self._member_role
        return one.kind != "tagged" or not any(part in outside_id for part in _NOT_COUNTED_BY_TAG)


def _ids(client: Any, one: Listed) -> Iterator[str]:
    if client.can_paginate(one.operation):
        found = client.get_paginator(one.operation).paginate(**one.values).search(one.ids)
    else:
        found = jmespath.search(one.ids, getattr(client, one.operation)(**one.values)) or []
    yield from map(str, filter(None, found))
