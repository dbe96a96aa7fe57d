"""Partners whose full snapshot is told with the commit whenever one was added or saved."""

from uuid import UUID

from sqlalchemy import Connection

from onboarding.adapters.changed_states import ChangedStates
from onboarding.adapters.repositories.partners import SqlPartners
from onboarding.domain.partners import Partner


class TellingPartners(SqlPartners):
    """The partners as one transaction sees them; remembers them, so that telling asks nothing again."""

    def __init__(self, connection: Connection, changed: ChangedStates) -> None:
        super().__init__(connection)
        self._changed = changed
        self._held: dict[UUID, Partner] = {}
        self._added: set[UUID] = set()

    def add(self, partner: Partner) -> None:
        super().add(partner)
        self._added.add(partner.id)
        self._tell(partner)

    def lock(self, partner_id: UUID) -> Partner:
        partner = super().lock(partner_id)
        self._held[partner_id] = partner
        return partner

    def save(self, partner: Partner) -> None:
        super().save(partner)
        self._tell(partner)

    def held(self, partner_id: UUID) -> Partner:
        """The partner as this transaction last added, locked or saved it; locked now if it did none."""
        return self._held.get(partner_id) or self.lock(partner_id)

    def is_new(self, partner_id: UUID) -> bool:
        """True if this transaction added the partner."""
        return partner_id in self._added

    def _tell(self, partner: Partner) -> None:
        self._held[partner.id] = partner
        self._changed.note(partner.id)
