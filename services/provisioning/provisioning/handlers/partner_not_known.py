"""What provisioning hears of a partner too early."""

from chassis.failures import NotNow


class PartnerNotKnown(NotNow):
    """The approval is missing; it may lie among the dead letters."""

    def __init__(self) -> None:
        super().__init__("partner_not_known", "The partner's approval has not been seen yet.")
