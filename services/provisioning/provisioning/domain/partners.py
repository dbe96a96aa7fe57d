"""What provisioning knows about a partner: what `partner.approved` told, and how far its access is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.orders import GrantOrder, Member, OtherSeat, slug_of


class Access(StrEnum):
    """How far the access of a partner as a whole is."""

    NONE = "none"
    PLANNED = "planned"
    CLEARING = "clearing"
    CLEARED = "cleared"


class Profile(Frozen):
    """The partner as approved; a snapshot, so that no plan changes under its steps. People come and go."""

    legal_name: str
    country: str
    partner_type: str
    tier: str
    language: str
    competences: frozenset[str]
    products_wanted: frozenset[str]
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Leaver:
    """A person who belongs to the partner no more, kept until nothing of theirs stands in these grants."""

    member: Member
    grant_ids: frozenset[UUID]


@dataclass(kw_only=True)
class Partner:
    """One partner; its row is the lock that makes "all grants are settled" a safe question.

    ``switched_sequence`` is the number of the newest suspension or resumption that we followed,
    ``contact_sequence`` and ``tier_sequence`` those of the newest change of contact and tier.
    ``is_suspended``: what is granted now is switched off until the resumption.
    ``members_told`` are the people whose seats were told. ``members_removed`` belong to it no more, and no
    late news bring them back; ``leavers`` are those of them of whom something may still stand outside.
    """

    partner_id: UUID
    profile: Profile | None = None
    access: Access = Access.NONE
    switched_sequence: int = 0
    is_suspended: bool = False
    members_told: frozenset[UUID] = frozenset()
    members_removed: frozenset[UUID] = frozenset()
    leavers: tuple[Leaver, ...] = ()
    contact_sequence: int = 0
    tier_sequence: int = 0

    @property
    def members(self) -> tuple[Member, ...]:
        return self.profile.members if self.profile else ()

    @property
    def members_to_tell(self) -> list[Member]:
        """Those who were not told that they have access. The contact hears of it with the grants."""
        return [one for one in self.members if not one.is_contact and one.member_id not in self.members_told]

    def approve(self, profile: Profile, sequence: int | None) -> None:
        """Take the profile in; people who joined since an earlier approval stay, and so does a newer tier."""
        if self.profile is not None and sequence is not None and sequence < self.tier_sequence:
            profile = replace(profile, tier=self.profile.tier)
        late = self.members
        members = tuple(one for one in profile.members if one.member_id not in self.members_removed)
        self.profile = replace(profile, members=members)
        for member in late:
            self.add_member(member)

    def add_member(self, member: Member) -> bool:
        """Return whether the person is new. Raises ValueError before the approval is known."""
        if self.profile is None:
            raise ValueError(f"partner {self.partner_id} has no profile to add a member to")
        is_known = any(known.member_id == member.member_id for known in self.members)
        if is_known or member.member_id in self.members_removed:
            return False
        self.profile = replace(self.profile, members=(*self.members, member))
        return True

    def remove_member(self, member_id: UUID) -> Member | None:
        """Return the person, unless nobody was known by this id: then only that they do not come."""
        self.members_removed |= {member_id}
        person = next((one for one in self.members if one.member_id == member_id), None)
        if person is not None and self.profile is not None:
            others = tuple(one for one in self.members if one is not person)
            self.profile = replace(self.profile, members=others)
        return person

    def change_contact(self, member_id: UUID) -> bool:
        """Make a member the contact and return whether that is new. The former one knows of the access."""
        if self.profile is None or not any(one.member_id == member_id for one in self.members):
            return False
        former = {one.member_id for one in self.members if one.is_contact}
        if former == {member_id}:
            return False
        members = tuple(replace(one, is_contact=one.member_id == member_id) for one in self.members)
        self.profile = replace(self.profile, members=members)
        self.members_told |= former
        return True

    def forget_names(self) -> None:
        """Keep of people only by what they are found outside, and of the company what names are made of."""
        if self.profile is not None:
            members = tuple(map(_without_name, self.members))
            self.profile = replace(
                self.profile, members=members, competences=frozenset(), products_wanted=frozenset()
            )
        self.leavers = tuple(replace(one, member=_without_name(one.member)) for one in self.leavers)

    def order_to_let_go(
        self, grant: Grant, elsewhere: Mapping[UUID, tuple[OtherSeat, ...]] | None = None
    ) -> GrantOrder:
        """What the step that lets people go needs to know."""
        staying = frozenset(one.person_id for one in self.members) if grant.is_wanted else frozenset()
        return replace(
            self.order_for(grant, elsewhere),
            members=tuple(one.member for one in self.leavers),
            intent=Intent.OFF,
            staying=staying,
        )

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
            slug=slug_of(self.partner_id, profile.legal_name, grant.entry_name),
            country=profile.country,
            partner_type=profile.partner_type,
            tier=profile.tier,
            language=profile.language,
            members=profile.members,
            parameters=grant.parameters,
            elsewhere=elsewhere or {},
            intent=grant.intent,
        )


def _without_name(member: Member) -> Member:
    return replace(member, given_name="-", family_name="")
