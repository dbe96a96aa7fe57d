"""Private keys of devices in Secrets Manager, the only place where they stand."""

from botocore.exceptions import ClientError

from chassis.failures import NotNow
from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.device_certificate import DeviceCertificate
from provisioning.adapters.aws.failures import error_code
from provisioning.domain.orders import GrantOrder

_GONE = "ResourceNotFoundException"


class KeySecrets:
    """One secret for each key of a grant: certificate and key together, so that neither is ever alone."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def find(self, name: str) -> DeviceCertificate | None:
        try:
            answer = self._aws.read.secretsmanager.get_secret_value(SecretId=name)
        except ClientError as error:
            if error_code(error) == _GONE:
                return None
            if error_code(error) == "InvalidRequestException":
                message = "Secrets Manager is still deleting an older key of this grant"
                raise NotNow("secret_being_deleted", message) from error
            raise
        return DeviceCertificate.from_json(answer["SecretString"])

    def ensure(self, order: GrantOrder, name: str, common_name: str) -> DeviceCertificate:
        """Return what is kept, or make and keep it. What was kept first wins, whoever made it."""
        found = self.find(name)
        if found is not None:
            return found
        made = DeviceCertificate.create(common_name)
        try:
            self._aws.write.secretsmanager.create_secret(
                Name=name,
                Description="Key of a partner's device, to be collected once",
                SecretString=made.to_json(),
                Tags=[{"Key": key, "Value": value} for key, value in names.tags(order)],
            )
        except ClientError as error:
            if error_code(error) != "ResourceExistsException":
                raise
            raise NotNow("secret_being_made", "Another attempt has just kept a key for this grant") from error
        return made

    def destroy(self, name: str) -> None:
        """Delete at once, without the days in which it could be restored. May be repeated."""
        try:
            self._aws.write.secretsmanager.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise


def secret_name(order: GrantOrder, replaced_certificate_id: str | None = None) -> str:
    """The name for the first key of a grant, or for the one that takes the place of another."""
    place = f"after-{replaced_certificate_id[:16]}/" if replaced_certificate_id else ""
    return f"{names.OWNER}/iot/{place}{order.grant_id}"
