"""IoT as a sweep lists it: certificates, things, policies, thing groups, and the keys in Secrets Manager."""

import re
from collections.abc import Callable
from typing import Any

from cryptography import x509

from provisioning.adapters.aws import marks, names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted, tolerated
from provisioning.adapters.aws.iot_certificate import IotCertificate
from provisioning.adapters.aws.iot_gateway import principals_of
from provisioning.adapters.aws.iot_policy import IotPolicy
from provisioning.adapters.aws.iot_thing_group import IotThingGroup
from provisioning.adapters.aws.key_secrets import KeySecrets
from provisioning.adapters.listing import Listing, Seen, listed
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.handlers.ports import Inventory

_GONE = "ResourceNotFoundException"
_CERTIFICATES_ON_A_PAGE = 25
_POLICIES_ON_A_PAGE = 100
_SECRET = re.compile(
    rf"{names.OWNER}/iot/(?:device-(?P<device>[0-9a-f]{{12}})/)?(?:after-[0-9a-f]+/)?(?P<grant>[0-9a-f-]{{36}})"
)


def devices(aws: AwsClients) -> list[Inventory]:
    """What lets devices in first."""
    certificate, policy, group = IotCertificate(aws), IotPolicy(aws), IotThingGroup(aws)

    def listing(
        kind: ThingKind,
        pages: Callable[..., Any],
        seen: Callable[[Any], Seen | None],
        look: Callable[[str], Any],
        take_away: Callable[[Thing], None],
    ) -> Inventory:
        return Listing(
            kind=kind,
            product="iot",
            pages=pages,
            seen=seen,
            look=lambda outside_id: _unless_gone(lambda: look(outside_id)),
            take_away=take_away,
            sorting=aws_failures_sorted,
        )

    def by_name(key: str, mark_of: Callable[[str], Mark | None]) -> Callable[[Any], Seen | None]:
        def seen(answer: Any) -> Seen | None:
            mark = mark_of(answer[key])
            return Seen(answer[key], mark) if mark else None

        return seen

    def described(certificate_id: str) -> Any:
        return aws.read.iot.describe_certificate(certificateId=certificate_id)["certificateDescription"]

    def seen_certificate(listed_one: Any) -> Seen | None:
        return _seen_certificate(_unless_gone(lambda: described(listed_one["certificateId"])))

    return [
        listing(
            ThingKind.CERTIFICATE,
            _marked(aws, "list_certificates", "certificates", _CERTIFICATES_ON_A_PAGE),
            seen_certificate,
            described,
            lambda thing: certificate.undo(marks.order_of(""), {"certificate_id": thing.outside_id}),
        ),
        listing(
            ThingKind.THING,
            listed(lambda: aws.read.iot, "list_things", "things"),
            by_name("thingName", marks.of_partners),
            lambda name: aws.read.iot.describe_thing(thingName=name),
            lambda thing: _delete_thing(aws, thing.outside_id),
        ),
        listing(
            ThingKind.DEVICE_POLICY,
            _marked(aws, "list_policies", "policies", _POLICIES_ON_A_PAGE),
            by_name("policyName", marks.of_device_policy),
            lambda name: aws.read.iot.get_policy(policyName=name),
            lambda thing: policy.delete(thing.outside_id),
        ),
        listing(
            ThingKind.THING_GROUP,
            listed(
                lambda: aws.read.iot,
                "list_thing_groups",
                "thingGroups",
                lambda: {"namePrefixFilter": f"{names.OWNER}-"},
            ),
            _seen_group,
            lambda name: aws.read.iot.describe_thing_group(thingGroupName=name),
            lambda thing: group.undo(marks.order_of(thing.outside_id), {}),
        ),
        listing(
            ThingKind.DEVICE_KEY,
            listed(
                lambda: aws.read.secretsmanager,
                "list_secrets",
                "SecretList",
                lambda: {"Filters": [{"Key": "name", "Values": [f"{names.OWNER}/iot/"]}]},
            ),
            _seen_secret,
            lambda name: aws.read.secretsmanager.describe_secret(SecretId=name),
            lambda thing: KeySecrets(aws).destroy(thing.outside_id),
        ),
    ]


def _seen_certificate(described: Any) -> Seen | None:
    """Ours by the name of the thing that stands in it."""
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
    """Two operations of IoT call the cursor a marker."""

    def pages(cursor: str | None) -> tuple[list[Any], str | None]:
        marker = {"marker": cursor} if cursor else {}
        answer = getattr(aws.read.iot, operation)(pageSize=size, **marker)
        return list(answer.get(key, [])), answer.get("nextMarker")

    return pages


def _seen_group(found: Any) -> Seen | None:
    """A list calls the name otherwise than a description."""
    name = found.get("groupName") or found["thingGroupName"]
    mark = marks.of_partner(name)
    return Seen(name, mark) if mark else None


def _delete_thing(aws: AwsClients, name: str) -> None:
    """Deleting it takes it out of its groups; what is attached to it is detached, and stays."""
    for principal in principals_of(aws, name):
        aws.write.iot.detach_thing_principal(thingName=name, principal=principal)
    _unless_gone(lambda: aws.write.iot.delete_thing(thingName=name))


def _unless_gone(ask: Callable[[], Any]) -> Any:
    with tolerated(_GONE):
        return ask()
    return None
