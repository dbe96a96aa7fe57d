"""What provisioning knows about a partner: what `partner.approved` told, and how far its access is."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from provisioning.domain.grants import Grant
from provisioning.domain.orders import GrantOrder, Member, slug_of


class Access(StrEnum):
    """How far the access of a partner as a whole is."""

    NONE = "none"
    PLANNED = "planned"
    CLEARING = "clearing"
    CLEARED = "cleared"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The partner as approved; a snapshot, so that a plan never changes under its steps."""

    legal_name: str
    country: str
    partner_type: str
    tier: str
    language: str
    competences: frozenset[str]
    products_wanted: frozenset[str]
    members: tuple[Member, ...]


@dataclass(kw_only=True)
class Partner:
    """One partner; its row is the lock that makes "all grants are settled" a safe question.

    ``switched_sequence`` is the number of the newest suspension or resumption that we followed.
    """

    partner_id: UUID
    profile: Profile | None = None
    access: Access = Access.NONE
    switched_sequence: int = 0

    def order_for(self, grant: Grant) -> GrantOrder:
        if self.profile is None:
            raise ValueError(f"partner {self.partner_id} has a grant but no profile")
        profile = self.profile
        return GrantOrder(
            partner_id=self.partner_id,
            grant_id=grant.grant_id,
            product=grant.product_name,
            legal_name=profile.legal_name,
            slug=slug_of(self.partner_id, profile.legal_name),
            country=profile.country,
            partner_type=profile.partner_type,
            tier=profile.tier,
            language=profile.language,
            members=profile.members,
            parameters=grant.parameters,
        )
