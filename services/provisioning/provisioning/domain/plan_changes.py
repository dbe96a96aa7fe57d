"""In what a partner's grants differ from what the catalogue says today, and how they become the same."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.frozen import Frozen
from provisioning.domain.catalogue import Catalogue, CatalogueEntry
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.leases import LeaseTerms
from provisioning.domain.partners import Profile
from provisioning.domain.products import EntryKey
from provisioning.domain.settling import settle
from provisioning.domain.steps import Outdated

# What only says how a lease ends is read anew whenever it is due.
_LEASE_WORDS = ("lease_warning_days", "lease_grace_days", "lease_extension_days")
_LEASE_DAYS = "lease_days"
_REQUIRED = "required"


class Kind(StrEnum):
    """What becomes of a grant. Left: it is due, but was taken away or waived, and nothing brings it back."""

    ADDED = "added"
    CHANGED = "changed"
    TAKEN_AWAY = "taken_away"
    LEFT = "left"


class Difference(Frozen):
    """One grant that differs. ``entry`` is the place in the catalogue of the entry that decides, from 1.

    ``changes`` are values before and after, of parameters and of ``required``. ``held_up_by`` are those that
    the product cannot change in place: then nothing of the grant is changed.
    """

    kind: Kind
    product: str
    entry_name: str = ""
    grant_id: UUID | None = None
    entry: int | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    held_up_by: tuple[str, ...] = ()

    @property
    def key(self) -> EntryKey:
        return self.product, self.entry_name


@dataclass(frozen=True)
class PlanPreview:
    """All differences of one partner, by the catalogue of this version."""

    catalogue_version: str
    differences: tuple[Difference, ...]

    @property
    def preview_id(self) -> str:
        """The same as long as nothing else would be done."""
        told = [self.catalogue_version, *map(asdict, self.differences)]
        return hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()[:16]


def preview(catalogue: Catalogue, profile: Profile, grants: Iterable[Grant]) -> PlanPreview:
    """Compare, and change nothing."""
    due = {entry.key: entry for entry in catalogue.due_to(profile)}
    known = {grant.key: grant for grant in grants}
    found = []
    for key in sorted(due.keys() | known.keys()):
        difference = _difference(catalogue, key, due.get(key), known.get(key))
        if difference is not None:
            found.append(difference)
    return PlanPreview(catalogue.version, tuple(found))


def preview_of_profile(
    catalogue: Catalogue, before: Profile, after: Profile, grants: Sequence[Grant]
) -> PlanPreview:
    """What differs because of another profile alone."""
    known = preview(catalogue, before, grants).differences
    differing = [one for one in preview(catalogue, after, grants).differences if one not in known]
    return PlanPreview(catalogue.version, tuple(differing))


def change(grant: Grant, entry: CatalogueEntry, now: datetime) -> None:
    """Have the grant made anew, in place, as the entry says; what serves goes on serving meanwhile."""
    if dict(grant.parameters) != dict(entry.parameters):
        grant.parameters = dict(entry.parameters)
        terms = LeaseTerms.in_parameters(grant.parameters)
        if grant.lease is not None and terms is not None:
            grant.lease.change_terms(terms, now)
        for step in grant.steps:
            step.make_anew(Outdated.PARAMETERS_CHANGED)
        if grant.was_granted and grant.intent is Intent.ON:
            grant.begin_lease(now)
    grant.is_required = entry.is_required
    settle(grant)


def _difference(
    catalogue: Catalogue, key: EntryKey, entry: CatalogueEntry | None, grant: Grant | None
) -> Difference | None:
    place = None if entry is None else catalogue.entries.index(entry) + 1
    about: dict[str, Any] = {"product": key[0], "entry_name": key[1], "entry": place}
    if grant is None:
        return Difference(kind=Kind.ADDED, **about)
    about["grant_id"] = grant.grant_id
    if not grant.is_wanted:
        return None if entry is None else Difference(kind=Kind.LEFT, **about)
    if entry is None:
        return Difference(kind=Kind.TAKEN_AWAY, **about)
    changes = _changes(grant, entry)
    possible = {*_LEASE_WORDS, _REQUIRED, *grant.product.changeable}
    if None not in changes.get(_LEASE_DAYS, (None,)):
        # Of what has no end and gets one, or the other way round, nobody was told.
        possible.add(_LEASE_DAYS)
    held_up_by = tuple(sorted(changes.keys() - possible))
    return Difference(kind=Kind.CHANGED, **about, changes=changes, held_up_by=held_up_by) if changes else None


def _changes(grant: Grant, entry: CatalogueEntry) -> dict[str, tuple[Any, Any]]:
    before = {**grant.parameters, _REQUIRED: grant.is_required}
    after = {**entry.parameters, _REQUIRED: entry.is_required}
    names = sorted(before.keys() | after.keys())
    return {
        name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    }
