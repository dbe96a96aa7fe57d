"""What provisioning knows about a partner: what `partner.approved` told, and how far its access is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from provisioning.domain.grants import Grant
from provisioning.domain.orders import GrantOrder, Member, OtherSeat, slug_of


class Access(StrEnum):
    """How far the access of a partner as a whole is."""

    NONE = "none"
    PLANNED = "planned"
    CLEARING = "clearing"
    CLEARED = "cleared"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The partner as approved; a snapshot, so that a plan never changes under its steps. People may join."""

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
    ``is_suspended``: what is granted now is switched off until the resumption.
    ``members_told`` are the people whose seats were told.
    """

    partner_id: UUID
    profile: Profile | None = None
    access: Access = Access.NONE
    switched_sequence: int = 0
    is_suspended: bool = False
    members_told: frozenset[UUID] = frozenset()

    @property
    def members(self) -> tuple[Member, ...]:
        return self.profile.members if self.profile else ()

    @property
    def members_to_tell(self) -> list[Member]:
        """Those who were not told that they have access. The contact hears of it with the grants."""
        return [one for one in self.members if not one.is_contact and one.member_id not in self.members_told]

    def approve(self, profile: Profile) -> None:
        """Take the profile in; people who joined since an earlier approval stay."""
        late, self.profile = self.members, profile
        for member in late:
            self.add_member(member)

    def add_member(self, member: Member) -> bool:
        """Return whether the person is new. Raises ValueError before the approval is known."""
        if self.profile is None:
            raise ValueError(f"partner {self.partner_id} has no profile to add a member to")
        if any(known.member_id == member.member_id for known in self.members):
            return False
        self.profile = replace(self.profile, members=(*self.members, member))
        return True

    def order_for(
        self, grant: Grant, elsewhere: Mapping[UUID, tuple[OtherSeat, ...]] | None = None
    ) -> GrantOrder:
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
            elsewhere=elsewhere or {},
            intent=grant.intent,
        )
