"""Reads a device's key from where it is kept; that it is handed out once is the handler's business."""

from chassis.failures import NeverPossible
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.adapters.aws.key_secrets import KeySecrets
from provisioning.domain.orders import GrantOrder
from provisioning.handlers.ports import Credentials, Outputs


class IotKeyVault:
    """The key vault over Secrets Manager. Blocks on the network."""

    def __init__(self, aws: AwsClients) -> None:
        self._secrets = KeySecrets(aws)

    def read(self, order: GrantOrder, outputs: Outputs) -> Credentials:
        """Raises NotNow, or NeverPossible when the device was removed."""
        with aws_failures_sorted():
            kept = self._secrets.find_readable(outputs["secret_name"])
        if kept is None:
            raise NeverPossible("key_gone", "There is no key any more: its device was removed")
        return Credentials(
            thing_name=outputs["thing_name"],
            endpoint=outputs["endpoint"],
            certificate_pem=kept.certificate_pem,
            private_key_pem=kept.private_key_pem,
        )
