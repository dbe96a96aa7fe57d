"""Lists IoT for a sweep: certificates, things, policies, thing groups, and keys in Secrets Manager."""

import re
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any

from cryptography import x509

from provisioning.adapters.aws import marks, names
from provisioning.adapters.aws.aws_listing import aws_listing, listed, seen_as, undone
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import unless_gone
from provisioning.adapters.aws.iot_certificate import IotCertificate
from provisioning.adapters.aws.iot_gateway import delete_thing
from provisioning.adapters.aws.iot_policy import IotPolicy
from provisioning.adapters.aws.iot_thing_group import IotThingGroup
from provisioning.adapters.aws.key_secrets import KeySecrets
from provisioning.adapters.listing import Seen
from provisioning.domain.findings import Mark, ThingKind
from provisioning.handlers.ports import Inventory

_GROUPS = {"namePrefixFilter": f"{names.OWNER}-"}
_SECRETS = {"Filters": [{"Key": "name", "Values": [f"{names.OWNER}/iot/"]}]}
_CERTIFICATES_ON_A_PAGE = 25
_POLICIES_ON_A_PAGE = 100
_SECRET = re.compile(
    rf"{names.OWNER}/iot/(?:device-(?P<device>[0-9a-f]{{12}})/)?(?:after-[0-9a-f]+/)?(?P<grant>[0-9a-f-]{{36}})"
)


_listing = partial(aws_listing, product="iot")


def devices(aws: AwsClients) -> list[Inventory]:
    """What gives devices access comes first."""
    policy, read = IotPolicy(aws), aws.read
    return [
        _certificates(aws),
        _listing(
            ThingKind.THING,
            pages=listed(lambda: read.iot, "list_things", "things"),
            seen=seen_as(itemgetter("thingName"), marks.of_partners),
            look=lambda name: read.iot.describe_thing(thingName=name),
            take_away=lambda thing: delete_thing(aws, thing.outside_id),
        ),
        _listing(
            ThingKind.DEVICE_POLICY,
            pages=_marked(aws, "list_policies", "policies", _POLICIES_ON_A_PAGE),
            seen=seen_as(itemgetter("policyName"), marks.of_device_policy),
            look=lambda name: read.iot.get_policy(policyName=name),
            take_away=lambda thing: policy.delete(thing.outside_id),
        ),
        _listing(
            ThingKind.THING_GROUP,
            pages=listed(lambda: read.iot, "list_thing_groups", "thingGroups", lambda: _GROUPS),
            # The list and the description use different names for this field.
            seen=seen_as(lambda found: found.get("groupName") or found["thingGroupName"]),
            look=lambda name: read.iot.describe_thing_group(thingGroupName=name),
            take_away=undone(IotThingGroup(aws)),
        ),
        _listing(
            ThingKind.DEVICE_KEY,
            pages=listed(lambda: read.secretsmanager, "list_secrets", "SecretList", lambda: _SECRETS),
            seen=_seen_secret,
            look=lambda name: read.secretsmanager.describe_secret(SecretId=name),
            take_away=lambda thing: KeySecrets(aws).destroy(thing.outside_id),
        ),
    ]


def _certificates(aws: AwsClients) -> Inventory:
    certificate = IotCertificate(aws)

    def described(certificate_id: str) -> Any:
        return aws.read.iot.describe_certificate(certificateId=certificate_id)["certificateDescription"]

    return _listing(
        ThingKind.CERTIFICATE,
        pages=_marked(aws, "list_certificates", "certificates", _CERTIFICATES_ON_A_PAGE),
        seen=lambda found: _seen_certificate(unless_gone(lambda: described(found["certificateId"]))),
        look=described,
        take_away=lambda thing: certificate.undo(marks.order_of(""), {"certificate_id": thing.outside_id}),
    )


def _seen_certificate(described: Any) -> Seen | None:
    """Ours by the name of the thing in it."""
    if described is None or "certificatePem" not in described:
        return None
    try:
        subject = x509.load_pem_x509_certificate(described["certificatePem"].encode()).subject
    except ValueError:
        return None
    called = [str(name.value) for name in subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    mark = next(filter(None, map(marks.of_partners, called)), None)
    return Seen(described["certificateId"], mark, called[0]) if mark else None


def _seen_secret(secret: Any) -> Seen | None:
    found = _SECRET.fullmatch(secret["Name"])
    grant_id = marks.id_in(found["grant"]) if found else None
    if found is None or grant_id is None or secret.get("DeletedDate") is not None:
        return None
    return Seen(secret["Name"], Mark(grant_id=grant_id, device_digits=found["device"]))


def _marked(aws: AwsClients, operation: str, key: str, size: int) -> Callable[..., Any]:
    """Return the ``pages`` of the two IoT operations that call the cursor a marker."""

    def pages(cursor: str | None) -> tuple[list[Any], str | None]:
        marker = {"marker": cursor} if cursor else {}
        answer = getattr(aws.read.iot, operation)(pageSize=size, **marker)
        return list(answer.get(key, [])), answer.get("nextMarker")

    return pages
