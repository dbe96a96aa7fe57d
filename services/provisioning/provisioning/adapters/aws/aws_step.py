"""What most steps at AWS have in common."""

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.step_shapes import FrozenElsewhere


class AwsStep(FrozenElsewhere):
    """Needs nothing but the way to AWS, and is no switch."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws
