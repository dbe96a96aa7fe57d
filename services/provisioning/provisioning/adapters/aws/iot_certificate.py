"""The gateway's certificate: one for each grant, and none that nobody knows of.

CreateKeysAndCertificate and CreateCertificateFromCsr make a new certificate with an id of AWS's own
choice at each call; a cut between the call and the note leaves an active certificate that nothing
points to. So we make key and certificate ourselves, put both into Secrets Manager under a name made
from the grant, and only then register the certificate (RegisterCertificateWithoutCA). Its id is its
fingerprint: known beforehand, registered again it is the same one, and undo finds it from the secret
even when nothing was attached yet. AWS IoT asks such devices for SNI, which its SDKs send.

A key that was handed out is never handed out again: the grant notes which certificate is to be replaced
(``replaced_certificate_id``) and the step is applied once more. The name of the new secret is made from
the old certificate's id, so that a repetition finds the key it made; the old certificate goes when the
new one is attached, and the old secret goes last.
"""

from typing import Any

from botocore.exceptions import ClientError

from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code
from provisioning.adapters.aws.iot_gateway import thing_name
from provisioning.adapters.aws.key_secrets import KeySecrets, secret_name
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, OFF, ON, Observation, differs
from provisioning.handlers.ports import Outputs

_GONE = "ResourceNotFoundException"
_THERE = "ResourceAlreadyExistsException"
_REPLACED = "replaced_certificate_id"


class IotCertificate:
    """Step: key, certificate, and what the certificate is attached to. This is the switch of IoT."""

    name = "iot_certificate"

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws
        self._secrets = KeySecrets(aws)

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """On as soon as one certificate of the grant is active, found by the ids noted."""
        ours = set(map(_id_of, self._known(order, outputs)))
        ours |= {outputs[name] for name in ("certificate_id", _REPLACED) if outputs.get(name)}
        stati = {certificate_id: self._status(certificate_id) for certificate_id in sorted(ours)}
        standing = {certificate_id: status for certificate_id, status in stati.items() if status is not None}
        if not standing:
            return ABSENT
        if "ACTIVE" not in standing.values():
            return OFF
        noted = outputs.get("certificate_id")
        if noted and self._arn(noted) not in self._attached_to_thing(order):
            return differs("certificate_detached", certificate_id=noted)
        return ON

    def _status(self, certificate_id: str) -> str | None:
        try:
            described = self._aws.read.iot.describe_certificate(certificateId=certificate_id)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            return None
        return described["certificateDescription"]["status"]

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """A certificate that is attached is kept, also when somebody took its key out of the vault."""
        replaced, name = outputs.get(_REPLACED), _wanted_secret(order, outputs)
        standing = [arn for arn in self._attached_to_thing(order) if _id_of(arn) != replaced]
        arn = standing[0] if standing else self._register(order, name)
        write = self._aws.write.iot
        write.attach_policy(policyName=names.of_partner(order), target=arn)
        write.attach_thing_principal(thingName=thing_name(order), principal=arn)
        certificate_id = _id_of(arn)
        described = self._aws.read.iot.describe_certificate(certificateId=certificate_id)
        if replaced:
            self._remove(order, self._arn(replaced))
        for older in _secrets_of(order, outputs) - {name}:
            self._secrets.destroy(older)
        return {
            "certificate_id": certificate_id,
            "certificate_arn": arn,
            "certificate_expires_at": str(described["certificateDescription"]["validity"]["notAfter"]),
            "secret_name": name,
        }

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """The secret goes last: it is what an unattached certificate is found by."""
        for arn in self._known(order, outputs):
            self._remove(order, arn)
        for name in _secrets_of(order, outputs):
            self._secrets.destroy(name)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """AWS IoT refuses an inactive certificate, also on a connection that is open."""
        self._set_status(order, outputs, "INACTIVE")

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        self._set_status(order, outputs, "ACTIVE")

    def _register(self, order: GrantOrder, name: str) -> str:
        kept = self._secrets.ensure(order, name, thing_name(order))
        try:
            return self._aws.write.iot.register_certificate_without_ca(
                certificatePem=kept.certificate_pem, status="ACTIVE"
            )["certificateArn"]
        except ClientError as error:
            if error_code(error) != _THERE:
                raise
            return str(error.response.get("resourceArn") or self._arn(kept.id))

    def _known(self, order: GrantOrder, outputs: Outputs) -> list[str]:
        """Return the certificates of the grant: attached ones, and those that were only registered."""
        arns = self._attached_to_thing(order)
        for kept in map(self._secrets.find, sorted(_secrets_of(order, outputs))):
            if kept is not None and self._exists(kept.id):
                arns.append(self._arn(kept.id))
        return list(dict.fromkeys(arns))

    def _attached_to_thing(self, order: GrantOrder) -> list[str]:
        paginator = self._aws.read.iot.get_paginator("list_thing_principals")
        try:
            pages = list(paginator.paginate(thingName=thing_name(order)))
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            return []
        return [arn for page in pages for arn in page["principals"] if ":cert/" in arn]

    def _remove(self, order: GrantOrder, arn: str) -> None:
        """Raises NotNow while AWS still sees it attached: detaching takes it a while."""
        write, certificate_id = self._aws.write.iot, _id_of(arn)
        try:
            write.update_certificate(certificateId=certificate_id, newStatus="INACTIVE")
            self._detach(order, arn)
            write.delete_certificate(certificateId=certificate_id)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise

    def _detach(self, order: GrantOrder, arn: str) -> None:
        write = self._aws.write.iot
        pages = self._aws.read.iot.get_paginator("list_attached_policies").paginate(target=arn)
        for policy in [policy for page in pages for policy in page["policies"]]:
            write.detach_policy(policyName=policy["policyName"], target=arn)
        if arn in self._attached_to_thing(order):
            write.detach_thing_principal(thingName=thing_name(order), principal=arn)

    def _set_status(self, order: GrantOrder, outputs: Outputs, status: Any) -> None:
        for arn in self._known(order, outputs):
            self._aws.write.iot.update_certificate(certificateId=_id_of(arn), newStatus=status)

    def _exists(self, certificate_id: str) -> bool:
        try:
            self._aws.read.iot.describe_certificate(certificateId=certificate_id)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            return False
        return True

    def _arn(self, certificate_id: str) -> str:
        return self._aws.caller.arn("iot", f"cert/{certificate_id}")


def _wanted_secret(order: GrantOrder, outputs: Outputs) -> str:
    return secret_name(order, outputs.get(_REPLACED))


def _secrets_of(order: GrantOrder, outputs: Outputs) -> set[str]:
    """Under which names a key of the grant may stand: the noted one, and the one being made."""
    return {outputs.get("secret_name", secret_name(order)), _wanted_secret(order, outputs)}


def _id_of(arn: str) -> str:
    return arn.rsplit("/", 1)[1]
