"""What most steps at AWS have in common."""

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.step_shapes import FrozenElsewhere


class AwsStep(FrozenElsewhere):
    """A step that depends on nothing but the AWS clients and cannot be switched off."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws
