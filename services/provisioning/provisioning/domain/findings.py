"""What a sweep finds outside without a grant: it counts once it was seen twice, until somebody settles it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.frozen import Frozen
from provisioning.domain.refusals import Refused
from provisioning.domain.steps import Cause


class FindingState(StrEnum):
    """Suspected: seen once; what is just being made or taken away looks the same."""

    SUSPECTED = "suspected"
    OPEN = "open"
    REMOVING = "removing"
    REMOVED = "removed"
    ADOPTED = "adopted"
    IGNORED = "ignored"
    GONE = "gone"


class Settlement(StrEnum):
    """How a finding ends."""

    GONE = "gone"
    REMOVED = "removed"
    ADOPTED = "adopted"
    IGNORED = "ignored"


_WAITS = (FindingState.SUSPECTED, FindingState.OPEN)
_LEFT = (FindingState.ADOPTED, FindingState.IGNORED)


class ThingKind(StrEnum):
    """What a sweep lists, in its order: what lets people and devices in, or costs money, first."""

    ACCOUNT = "account"
    ACCOUNT_IN_OUR_UNIT = "account_in_our_unit"
    SIGN_IN_GROUP = "sign_in_group"
    SIGN_IN_USER = "sign_in_user"
    CERTIFICATE = "certificate"
    CRM_USER = "crm_user"
    DATA_PERMISSION = "data_permission"
    QUICKSIGHT_USER = "quicksight_user"
    QUICKSIGHT_GROUP = "quicksight_group"
    DATABASE = "database"
    WORKGROUP = "workgroup"
    THING = "thing"
    DEVICE_POLICY = "device_policy"
    THING_GROUP = "thing_group"
    DEVICE_KEY = "device_key"
    BUDGET = "budget"
    PRODUCT_RESOURCE = "product_resource"
    DETECTION_GAP = "detection_gap"


class Mark(Frozen):
    """What a thing says about whose it is: a tag, or what its name was made from.

    ``partner_digits``, ``grant_digits`` and ``device_digits`` are the last twelve of the ids; ``noted_id`` is
    an id that a grant may have noted, ``person_id`` a person who may have a seat, ``entry_name`` which of
    several grants of the product. ``is_former``: the grant has another one in its place.
    """

    grant_id: UUID | None = None
    partner_digits: str | None = None
    grant_digits: str | None = None
    device_digits: str | None = None
    noted_id: str | None = None
    person_id: UUID | None = None
    entry_name: str = ""
    is_former: bool = False


class Thing(Frozen):
    """One thing outside that bears a mark of ours.

    ``outside_id`` is what it is found by again, ``label`` what people call it; neither is about a person.
    """

    kind: ThingKind
    product: str
    outside_id: str
    mark: Mark
    label: str = ""


class Owner(Frozen):
    """Whose a thing is, as far as its mark tells: None for nobody whom we know."""

    partner_id: UUID | None = None
    grant_id: UUID | None = None
    is_live: bool = False


NOBODY = Owner()


class AskedFor(Frozen):
    """What a broker was asked for, for one grant: instances from 0 up to ``number``, the last on a plan."""

    grant_id: UUID
    number: int
    plan_id: str


@dataclass(kw_only=True)
class Finding:
    """One thing outside that no live grant answers for.

    ``sweep_id`` is the sweep that saw it last. ``kept_for`` is the grant that an operator had it adopted for.
    ``is_told``: an event told of it, so that another tells of its end.
    """

    finding_id: UUID
    kind: ThingKind
    product: str
    outside_id: str
    label: str
    partner_id: UUID | None
    grant_id: UUID | None
    first_seen_at: datetime
    last_seen_at: datetime
    sweep_id: UUID
    state: FindingState = FindingState.SUSPECTED
    kept_for: UUID | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    reason: str | None = None
    cause: Cause | None = None
    is_told: bool = False
    untold: list[FindingState] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, thing: Thing, owner: Owner, sweep_id: UUID, now: datetime) -> Self:
        return cls(
            finding_id=uuid7(),
            kind=thing.kind,
            product=thing.product,
            outside_id=thing.outside_id,
            label=thing.label,
            partner_id=owner.partner_id,
            grant_id=owner.grant_id,
            first_seen_at=now,
            last_seen_at=now,
            sweep_id=sweep_id,
        )

    @property
    def waits(self) -> bool:
        return self.state in _WAITS

    def see(self, owner: Owner, sweep_id: UUID, now: datetime, apart: timedelta) -> None:
        """A sweep saw it, and no live grant answers for it.

        It counts when another sweep saw it before, at least ``apart`` ago. What came back begins anew.
        """
        is_back = self.state in (FindingState.REMOVED, FindingState.GONE)
        if is_back:
            self._begin_anew(now)
        elif self._was_seen_before(sweep_id, now - apart):
            self._move_to(FindingState.OPEN)
        self.partner_id, self.grant_id = owner.partner_id, owner.grant_id
        self.last_seen_at, self.sweep_id = now, sweep_id

    def note_gone(self, now: datetime) -> None:
        """It is not there any more, or a live grant answers for it."""
        if self.waits:
            self._settle(FindingState.GONE, now)

    def lose_keeper(self, now: datetime) -> None:
        """The grant that it was adopted for has ended."""
        self.kept_for = None
        self._begin_anew(now)

    def adopt(self, grant_id: UUID, by: str, reason: str, now: datetime) -> None:
        """Raises Refused."""
        self._refuse_unless_waiting()
        self.kept_for = grant_id
        self._settle(FindingState.ADOPTED, now, by, reason)

    def ignore(self, by: str, reason: str, now: datetime) -> None:
        """Raises Refused."""
        self._refuse_unless_waiting()
        self._settle(FindingState.IGNORED, now, by, reason)

    def reopen(self, now: datetime) -> None:
        """Have it reported again. Raises Refused unless it was adopted or ignored."""
        if self.state not in _LEFT:
            raise Refused("not_left", f"It is {self.state}, neither adopted nor ignored.")
        self.lose_keeper(now)

    def begin_removal(self, by: str, reason: str, *, although_owner_unknown: bool) -> None:
        """Raises Refused for what was seen once only, or may be somebody else's."""
        if self.state is not FindingState.OPEN:
            message = f"Only what two sweeps saw can be removed; it is {self.state}."
            raise Refused("not_open", message)
        if self.partner_id is None and not although_owner_unknown:
            message = "Nobody here is known as its owner: it may be another installation's."
            raise Refused("owner_unknown", message)
        self.state, self.settled_by, self.reason, self.cause = FindingState.REMOVING, by, reason, None

    def note_removed(self, now: datetime) -> None:
        if self.state is FindingState.REMOVING:
            self._settle(FindingState.REMOVED, now, self.settled_by, self.reason)

    def note_not_removed(self, cause: Cause) -> None:
        """It waits for an operator again."""
        if self.state is FindingState.REMOVING:
            self.state, self.cause = FindingState.OPEN, cause

    def note_owned_after_all(self, now: datetime) -> None:
        """A grant came to answer for it before it was removed."""
        if self.state is FindingState.REMOVING:
            self._settle(FindingState.GONE, now)

    def _was_seen_before(self, sweep_id: UUID, at: datetime) -> bool:
        is_suspected = self.state is FindingState.SUSPECTED
        return is_suspected and sweep_id != self.sweep_id and self.first_seen_at <= at

    def _begin_anew(self, now: datetime) -> None:
        self.state, self.first_seen_at, self.is_told = FindingState.SUSPECTED, now, False
        self.settled_at = self.settled_by = self.reason = self.cause = None

    def _refuse_unless_waiting(self) -> None:
        if not self.waits:
            raise Refused("not_waiting", f"It is {self.state} already.")

    def _settle(
        self, state: FindingState, now: datetime, by: str | None = None, reason: str | None = None
    ) -> None:
        self.settled_at, self.settled_by, self.reason = now, by, reason
        self._move_to(state)

    def _move_to(self, state: FindingState) -> None:
        self.state = state
        self.untold.append(state)
