"""What runs in an account, and what it costs according to the price file."""

import re
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum

from chassis.frozen import Frozen
from provisioning.domain.steps import Cause

HOURS_OF_A_MONTH = Decimal(730)
_SIZE = re.compile(r"(?P<times>[0-9]*)xlarge|metal-(?P<metal>[0-9]+)xl")
_PARTS = {"nano": 32, "micro": 16, "small": 8, "medium": 4, "large": 2}
_LETTERS = re.compile("[a-z]+")


class Runs(StrEnum):
    """Resources billed by the hour."""

    INSTANCE = "instance"
    DATABASE = "database"
    MACHINE_LEARNING = "machine_learning"
    VOLUME = "volume"
    NAT_GATEWAY = "nat_gateway"


class RunningThing(Frozen):
    """A resource billed while it exists; ``licence`` is software on it that costs extra."""

    kind: Runs
    type: str
    region: str
    licence: str = ""
    gigabytes: int = 0
    iops: int = 0

    @property
    def is_machine(self) -> bool:
        return self.kind in (Runs.INSTANCE, Runs.DATABASE)


class Use(Frozen):
    """Usage that is billed, such as tokens of a model."""

    type: str
    unit: str
    region: str
    amount: Decimal


class Seen(Frozen):
    """What a look at an account saw: running resources, usage, and what could not be seen.

    ``used`` is None if it could not be seen.
    """

    running: Mapping[RunningThing, int] = field(default_factory=dict)
    used: tuple[Use, ...] | None = None
    unseen: tuple[Cause, ...] = ()


class Priced(Frozen):
    """The hourly cost, the cost of usage, and the types whose price was assumed."""

    usd_per_hour: Decimal
    used_usd: Decimal
    assumed: tuple[str, ...]


class Prices(Frozen):
    """USD, by the file. A region costs its factor more; what is not named costs the highest that is known.

    ``families``: of one xlarge by the hour; ``types``: of types that do not cost by their size.
    ``licences`` are factors on an instance. ``volumes`` and ``iops`` are by month, ``tokens`` by a thousand.
    """

    as_of: str
    regions: Mapping[str, Decimal]
    families: Mapping[str, Decimal]
    types: Mapping[str, Decimal]
    licences: Mapping[str, Decimal]
    kinds: Mapping[str, Decimal]
    volumes: Mapping[str, Decimal]
    iops: Mapping[str, Decimal]
    tokens: Mapping[str, Mapping[str, Decimal]]
    nat_gateway: Decimal

    def price(self, seen: Seen) -> Priced:
        assumed: set[str] = set()
        per_hour = sum((count * self._hour(one, assumed) for one, count in seen.running.items()), Decimal(0))
        used = sum((self._use(use, assumed) for use in seen.used or ()), Decimal(0))
        return Priced(usd_per_hour=per_hour, used_usd=used, assumed=tuple(sorted(assumed)))

    def _hour(self, thing: RunningThing, assumed: set[str]) -> Decimal:
        there = self._in_region(thing.region, assumed)
        if thing.kind is Runs.NAT_GATEWAY:
            return there * self.nat_gateway
        if thing.kind is Runs.VOLUME:
            return there * self._storage(thing, assumed)
        machine = self._machine(thing.type, assumed) * self.kinds.get(thing.kind, Decimal(1))
        licence = _named(self.licences, thing.licence, assumed) if thing.licence else Decimal(1)
        stored = self._storage(thing, assumed, "gp3") if thing.gigabytes else Decimal(0)
        return there * (machine * licence + stored)

    def _storage(self, thing: RunningThing, assumed: set[str], type_: str = "") -> Decimal:
        name = type_ or thing.type
        month = thing.gigabytes * _named(self.volumes, name, assumed)
        return (month + thing.iops * self.iops.get(name, Decimal(0))) / HOURS_OF_A_MONTH

    def _machine(self, type_: str, assumed: set[str]) -> Decimal:
        """By its type, else by size and family, else the most expensive of the same letters, else of all."""
        if type_ in self.types:
            return self.types[type_]
        family, _, size = type_.partition(".")
        times = _times_xlarge(size)
        of_family = [self.types[one] for one in self.types if one.startswith(f"{family}.")]
        if times is not None and family in self.families:
            return times * self.families[family]
        assumed.add(type_)
        if of_family:
            return max(of_family)
        letters = _letters(family)
        alike = {name: price for name, price in self.families.items() if _letters(name) == letters}
        like_types = [price for name, price in self.types.items() if _letters(name) == letters]
        if not alike and like_types:
            return max(like_types)
        dearest = max((alike or self.families).values())
        biggest = max([*self.types.values(), 32 * dearest]) if not alike else 48 * dearest
        return biggest if times is None else times * dearest

    def _use(self, use: Use, assumed: set[str]) -> Decimal:
        there = self._in_region(use.region, assumed)
        prices = next((by for name, by in self.tokens.items() if name in use.type), None)
        if prices is None:
            assumed.add(use.type)
            prices = {use.unit: max(by[use.unit] for by in self.tokens.values() if use.unit in by)}
        return there * use.amount / 1000 * prices[use.unit]

    def _in_region(self, region: str, assumed: set[str]) -> Decimal:
        return _named(self.regions, region, assumed)


def _named(prices: Mapping[str, Decimal], name: str, assumed: set[str]) -> Decimal:
    if name not in prices:
        assumed.add(name)
        return max(prices.values())
    return prices[name]


def _times_xlarge(size: str) -> Decimal | None:
    """How many xlarge a size is, by AWS's normalization factors; None where the size does not say."""
    if size in _PARTS:
        return Decimal(1) / _PARTS[size]
    named = _SIZE.fullmatch(size)
    return Decimal(named["metal"] or named["times"] or 1) if named else None


def _letters(family: str) -> str:
    found = _LETTERS.match(family)
    return found[0] if found else ""
