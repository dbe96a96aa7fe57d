"""A device's certificate: one for each device of a grant, and none that nobody knows of.

CreateKeysAndCertificate and CreateCertificateFromCsr make a new certificate with an id of AWS's own
choice at each call; a cut between the call and the note leaves an active certificate that nothing
points to. So we make key and certificate ourselves, put both into Secrets Manager under a name made
from the grant, and only then register the certificate (RegisterCertificateWithoutCA). Its id is its
fingerprint: known beforehand, registered again it is the same one, and undo finds it from the secret
even when nothing was attached yet. AWS IoT asks such devices for SNI, which its SDKs send.

A key that was handed out is never handed out again: the grant notes which certificate is to be replaced
(``replaced_certificate_id``) and the step is applied once more. The name of the new secret is made from
the old certificate's id, so that a repetition finds the key it made; the old certificate goes when the
new one is attached, or later where the grant keeps it (``keeps_older``), and the old secret goes last.
Where somebody else may have the key (``revokes_older``) the old one is switched off before anything else.

A device that came by a claim keeps its key: its certificate is noted before anything is made
(``own_certificate_pem``), so here, too, the id is known beforehand, and there is no secret. A key that is
made in its place is one like the others.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from botocore.exceptions import ClientError

from chassis.failures import Kind, NeverPossible
from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.device_certificate import certificate_id as id_of_certificate
from provisioning.adapters.aws.failures import error_code, every, tolerated, unless_gone
from provisioning.adapters.aws.iot_policy import policy_name
from provisioning.adapters.aws.key_secrets import KeySecrets, secret_name
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, OFF, ON, Difference, Observation, Standing, differs
from provisioning.handlers.ports import Outputs

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
        ours |= set(_noted(outputs))
        stati = {certificate_id: self._status(certificate_id) for certificate_id in sorted(ours)}
        standing = {certificate_id: status for certificate_id, status in stati.items() if status is not None}
        if not standing:
            return ABSENT
        if "ACTIVE" not in standing.values():
            return OFF
        if outputs.get("certificate_id"):
            return self._attached(order, str(outputs["certificate_id"]))
        return ON

    def _attached(self, order: GrantOrder, certificate_id: str) -> Observation:
        """A policy of others beside ours opens more, and is told: it is theirs to take off."""
        arn = self._arn(certificate_id)
        things, policies = self._things(arn), self._policies(arn)
        if names.of_thing(order) not in things:
            return differs("certificate_detached", certificate_id=certificate_id)
        if len(things) > 1:
            return differs("certificate_on_other_things", certificate_id=certificate_id)
        if policy_name(order) not in policies:
            return differs("policy_detached", certificate_id=certificate_id)
        foreign = sorted(set(policies) - {policy_name(order)})
        told = tuple(Difference("foreign_policy", {"policy": one}) for one in foreign)
        return Observation(standing=Standing.ON, differences=told)

    def _status(self, certificate_id: str) -> str | None:
        """Return None when it is not there."""
        describe = self._aws.read.iot.describe_certificate
        described = unless_gone(lambda: describe(certificateId=certificate_id))
        return described["certificateDescription"]["status"] if described else None

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """The noted certificate is kept, also when somebody took its key out of the vault."""
        replaced, name = outputs.get(_REPLACED), _wanted_secret(order, outputs)
        for one in _revoked(outputs):
            self._switch_off(one)
        noted = outputs.get("certificate_id")
        is_standing = noted not in (None, replaced) and self._status(str(noted)) is not None
        arn = self._arn(str(noted)) if is_standing else self._register(order, outputs)
        write = self._aws.write.iot
        write.attach_policy(policyName=policy_name(order), target=arn)
        write.attach_thing_principal(thingName=names.of_thing(order), principal=arn)
        for other in set(self._things(arn)) - {names.of_thing(order)}:
            # On a second thing it would let the device be that one.
            write.detach_thing_principal(thingName=other, principal=arn)
        certificate_id = _id_of(arn)
        described = self._aws.read.iot.describe_certificate(certificateId=certificate_id)
        older = [one for one in _older(outputs) if one != certificate_id]
        if not outputs.get("keeps_older"):
            for one in older:
                self._remove(self._arn(one))
            older = []
        for old_secret in _secrets_of(order, outputs) - {name}:
            self._secrets.destroy(old_secret)
        kept = {} if _own_pem(outputs) else {"secret_name": name}
        return {
            "certificate_id": certificate_id,
            "older_certificate_ids": older,
            "certificate_arn": arn,
            "certificate_expires_at": str(described["certificateDescription"]["validity"]["notAfter"]),
            **kept,
        }

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """The secret goes last: it is what an unattached certificate is found by."""
        for arn in self._known(order, outputs):
            self._remove(arn)
        for name in _secrets_of(order, outputs):
            self._secrets.destroy(name)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """AWS IoT refuses an inactive certificate, also on a connection that is open."""
        for arn in self._known(order, outputs):
            self._switch_off(_id_of(arn))

    def _switch_off(self, certificate_id: str) -> None:
        update = self._aws.write.iot.update_certificate
        unless_gone(lambda: update(certificateId=certificate_id, newStatus="INACTIVE"))

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Raises NeverPossible for a certificate that somebody revoked, which is theirs to turn back."""
        for certificate_id in map(_id_of, self._known(order, outputs)):
            if certificate_id in _revoked(outputs):
                continue
            if self._status(certificate_id) == "REVOKED":
                message = f"Somebody revoked the certificate {certificate_id}"
                raise NeverPossible("certificate_revoked", message, kind=Kind.DRIFT)
            self._aws.write.iot.update_certificate(certificateId=certificate_id, newStatus="ACTIVE")

    def _register(self, order: GrantOrder, outputs: Outputs) -> str:
        name, pem = _wanted_secret(order, outputs), _own_pem(outputs)
        pem = pem or self._secrets.ensure(order, name, names.of_thing(order)).certificate_pem
        try:
            return self._aws.write.iot.register_certificate_without_ca(certificatePem=pem, status="ACTIVE")[
                "certificateArn"
            ]
        except ClientError as error:
            if error_code(error) != _THERE:
                raise
            return str(error.response.get("resourceArn") or self._arn(id_of_certificate(pem)))

    def _known(self, order: GrantOrder, outputs: Outputs) -> Iterator[str]:
        """Yield the grant's own certificates that are there: the noted ones, then those with a key kept.

        What others attached to our gateway is theirs. A key that is being deleted, or was put away, is
        recalled only where no certificate was noted for it, and does not keep the noted ones waiting.
        """
        known: set[str] = set()
        own = _own_pem(outputs)
        for certificate_id in chain(
            _noted(outputs), [id_of_certificate(own)] if own else [], self._kept(order, outputs)
        ):
            if certificate_id not in known and self._status(certificate_id) is not None:
                yield self._arn(certificate_id)
            known.add(certificate_id)

    def _kept(self, order: GrantOrder, outputs: Outputs) -> Iterator[str]:
        for name in sorted(_secrets_of(order, outputs)):
            if not (name == outputs.get("secret_name") and "certificate_id" in outputs):
                kept = self._secrets.recall(name)
                if kept is not None:
                    yield kept.id

    def _remove(self, arn: str) -> None:
        """Raises NotNow while AWS still sees it attached: detaching takes it a while."""
        write, certificate_id = self._aws.write.iot, _id_of(arn)
        with tolerated():
            write.update_certificate(certificateId=certificate_id, newStatus="INACTIVE")
            self._detach(arn)
            write.delete_certificate(certificateId=certificate_id)

    def _detach(self, arn: str) -> None:
        """Detach it from everything, also from things that others put it on."""
        write = self._aws.write.iot
        for policy in self._policies(arn):
            write.detach_policy(policyName=policy, target=arn)
        for thing in self._things(arn):
            write.detach_thing_principal(thingName=thing, principal=arn)

    def _policies(self, arn: str) -> list[str]:
        found = every(self._aws.read.iot, "list_attached_policies", "policies", target=arn)
        return [policy["policyName"] for policy in found]

    def _things(self, arn: str) -> list[str]:
        """What it is attached to; nothing when it is not there."""
        found = every(self._aws.read.iot, "list_principal_things", "things", principal=arn)
        return unless_gone(lambda: list(found)) or []

    def _arn(self, certificate_id: str) -> str:
        return self._aws.caller.arn("iot", f"cert/{certificate_id}")


def _noted(outputs: Outputs) -> list[str]:
    newest = outputs.get("certificate_id")
    return list(dict.fromkeys([*([str(newest)] if newest else []), *_older(outputs)]))


def _older(outputs: Outputs) -> list[str]:
    """Older releases noted the last one only."""
    replaced = outputs.get(_REPLACED)
    return list(dict.fromkeys([*outputs.get("older_certificate_ids", ()), *([replaced] if replaced else [])]))


def _revoked(outputs: Outputs) -> list[str]:
    """Those that end at once, whatever becomes of the new one."""
    return _older(outputs) if outputs.get("revokes_older") else []


def _wanted_secret(order: GrantOrder, outputs: Outputs) -> str:
    return secret_name(order, outputs.get(_REPLACED))


def _own_pem(outputs: Outputs) -> str | None:
    """The certificate for a key that the device keeps, unless another key takes its place."""
    return None if outputs.get(_REPLACED) else outputs.get("own_certificate_pem")


def _secrets_of(order: GrantOrder, outputs: Outputs) -> set[str]:
    """Under which names a key of the grant may stand: the noted one, and the one being made."""
    if _own_pem(outputs):
        return set()
    return {outputs.get("secret_name", secret_name(order)), _wanted_secret(order, outputs)}


def _id_of(arn: str) -> str:
    return arn.rsplit("/", 1)[1]
