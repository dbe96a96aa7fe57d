"""Which learning paths are offered to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from chassis.frozen import Frozen
from notifications.domain.partners import Member, Profile


class Audience(StrEnum):
    """Which of a partner's people are invited."""

    EVERYONE = "everyone"
    CONTACT = "contact"


class LearningPath(Frozen):
    """An entry of the learning paths file.

    Without ``product`` it is offered when the partner becomes active; an empty set of types or tiers means
    all. ``title`` and ``summary`` are by language. ``activity`` is the path's name in a learning system's
    statements.
    """

    name: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    url: str
    hours: int
    link_lifetime: timedelta
    activity: str
    product: str | None = None
    partner_types: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    audience: Audience = Audience.EVERYONE

    def suits(self, profile: Profile, product: str | None) -> bool:
        """Whether a partner of this profile is invited on this product (None: on becoming active)."""
        return (
            self.product == product
            and (not self.partner_types or profile.partner_type in self.partner_types)
            and (not self.tiers or profile.tier in self.tiers)
        )

    def is_for(self, member: Member) -> bool:
        return self.audience is Audience.EVERYONE or member.is_contact


@dataclass(frozen=True)
class LearningPaths:
    """All paths, by name, in the order of the file. ``version`` is the start of its SHA-256."""

    by_name: Mapping[str, LearningPath]
    version: str = ""

    def title(self, name: str, language: str) -> str | None:
        """The title of the path; None if it is no longer offered, or not in this language."""
        path = self.by_name.get(name)
        return path.title.get(language) if path else None

    def of_activity(self, activity: str) -> LearningPath | None:
        """The path with this name in a learning system."""
        return next((path for path in self.by_name.values() if path.activity == activity), None)

    def place(self, path: LearningPath) -> int:
        """Its position in the file, from 1."""
        return list(self.by_name).index(path.name) + 1

    def due(self, profile: Profile, product: str | None) -> list[LearningPath]:
        return [path for path in self.by_name.values() if path.suits(profile, product)]
