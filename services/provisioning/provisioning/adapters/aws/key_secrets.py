"""Private keys of devices in Secrets Manager, the only place that holds them."""

from datetime import timedelta

from botocore.exceptions import ClientError

from chassis import clock
from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.device_certificate import DeviceCertificate
from provisioning.adapters.aws.failures import aws_failures_sorted, error_code, is_gone, tolerated
from provisioning.domain.orders import GrantOrder
from provisioning.handlers.ports import Credentials, Outputs

_JUST_MADE = timedelta(minutes=5)


class KeySecrets:
    """One secret for each key of a grant, certificate and key together, so that neither exists alone.

    Implements the port `KeyVault`. The handler makes sure that a key is handed out only once.
    """

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def read(self, order: GrantOrder, outputs: Outputs) -> Credentials:
        with aws_failures_sorted():
            kept = self.find_readable(outputs["secret_name"])
        if kept is None:
            raise NeverPossible("key_gone", "There is no key any more: its device was removed")
        return Credentials(
            thing_name=outputs["thing_name"],
            endpoint=outputs["endpoint"],
            certificate_pem=kept.certificate_pem,
            private_key_pem=kept.private_key_pem,
        )

    def find(self, name: str) -> DeviceCertificate | None:
        try:
            answer = self._aws.read.secretsmanager.get_secret_value(SecretId=name)
        except ClientError as error:
            if is_gone(error):
                return None
            if error_code(error) == "InvalidRequestException":
                message = "Secrets Manager is still deleting an older key of this grant"
                raise NotNow("secret_being_deleted", message, kind=Kind.CONFLICT) from error
            raise
        return DeviceCertificate.from_json(answer["SecretString"])

    def find_readable(self, name: str) -> DeviceCertificate | None:
        """Returns None also if somebody replaced the value with something else."""
        try:
            return self.find(name)
        except ValueError:
            return None

    def recall(self, name: str) -> DeviceCertificate | None:
        """Find it even if somebody scheduled it for deletion, and cancel the deletion."""
        try:
            return self.find_readable(name)
        except NotNow:
            self._aws.write.secretsmanager.restore_secret(SecretId=name)
            return self.find_readable(name)

    def ensure(self, order: GrantOrder, name: str, common_name: str) -> DeviceCertificate:
        """Return the stored pair, or create and store one. The first one stored wins, whoever created it."""
        found = self.recall(name)
        if found is not None:
            return found
        made = DeviceCertificate.create(common_name)
        try:
            self._aws.write.secretsmanager.create_secret(
                Name=name,
                Description="Key of a partner's device, to be collected once",
                SecretString=made.to_json(),
                Tags=names.tag_list(order),
            )
        except ClientError as error:
            if error_code(error) != "ResourceExistsException":
                raise
            if not self._is_empty(name):
                message = "Another attempt has just kept a key for this grant"
                raise NotNow("secret_being_made", message, kind=Kind.CONFLICT) from error
            self._aws.write.secretsmanager.put_secret_value(SecretId=name, SecretString=made.to_json())
        return made

    def _is_empty(self, name: str) -> bool:
        """Whether the value was destroyed, and the secret was not just created by another attempt."""
        secret = self._aws.read.secretsmanager.describe_secret(SecretId=name)
        versions = secret.get("VersionIdsToStages", {}).values()
        has_value = any("AWSCURRENT" in stages for stages in versions)
        return not has_value and clock.now() - secret["CreatedDate"] > _JUST_MADE

    def destroy(self, name: str) -> None:
        """Delete at once, without the recovery window. May be repeated."""
        with tolerated():
            self._aws.write.secretsmanager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def secret_name(order: GrantOrder, replaced_certificate_id: str | None = None) -> str:
    """The name for a device's first key, or for the key that replaces another."""
    device = f"device-{order.device}/" if order.device else ""
    place = f"after-{replaced_certificate_id[:16]}/" if replaced_certificate_id else ""
    return f"{names.OWNER}/iot/{device}{place}{order.grant_id}"
