"""What each partner of a run is and does, drawn from the seed."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stdnum import luhn


class Plot(StrEnum):
    """How a partner's story goes."""

    APPROVED_BY_RULES = "approved by rules"
    APPROVED_BY_OPERATOR = "approved by an operator"
    REJECTED = "rejected"
    SUSPENDED_AND_RESUMED = "suspended and resumed"
    OFFBOARDED_BY_OPERATOR = "offboarded by an operator"
    LEFT = "left"
    WITHDRAWN = "withdrawn"


OUTCOMES = {
    Plot.REJECTED: "rejected",
    Plot.OFFBOARDED_BY_OPERATOR: "offboarded",
    Plot.LEFT: "offboarded",
    Plot.WITHDRAWN: "withdrawn",
}
REVIEWED = frozenset({Plot.APPROVED_BY_OPERATOR, Plot.REJECTED})
# One round of ten partners; each round is shuffled.
ROUND = (
    *[Plot.APPROVED_BY_RULES] * 3,
    Plot.APPROVED_BY_OPERATOR,
    Plot.REJECTED,
    *[Plot.SUSPENDED_AND_RESUMED] * 2,
    Plot.OFFBOARDED_BY_OPERATOR,
    Plot.LEFT,
    Plot.WITHDRAWN,
)
# Partner type, competences, products: what the catalogue makes due differs.
_SORTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("machine_builder", ("iot", "edge"), ("iot", "analytics")),
    ("reseller", ("cloud", "crm"), ("crm",)),
    ("system_integrator", ("cloud", "data"), ("cloud_sandbox", "crm")),
    ("consultancy", ("data",), ("analytics",)),
    ("software_vendor", ("cloud",), ("crm", "analytics")),
)


@dataclass(frozen=True)
class Story:
    """One partner: what it sends, what becomes of it, and when it comes."""

    number: int
    plot: Plot
    application: dict[str, Any]
    starts_after_seconds: float

    @property
    def outcome(self) -> str:
        return OUTCOMES.get(self.plot, "active")

    @property
    def is_erased(self) -> bool:
        """Whether an operator erases it at once when it has left, while others may not have heard of that."""
        return self.plot is Plot.LEFT

    @property
    def email(self) -> str:
        return str(self.application["contact"]["email"])

    @property
    def answers(self) -> dict[str, bool]:
        """Who says yes or no: the first one named, and the second; in every fifth story nobody."""
        if self.number % 5 == 0:
            return {}
        emails = [str(person["email"]) for person in self.application["members"]]
        return dict(zip(emails, (True, False), strict=False))

    @property
    def answers_late(self) -> bool:
        """Whether they do so only when the partner is active."""
        return self.number % 2 == 0

    @property
    def registration_number(self) -> str:
        return str(self.application["company"]["registration_number"])


def draw_stories(seed: str, partners: int, seconds: float) -> list[Story]:
    """So many partners, arriving at a steady rate over so many seconds."""
    dice = random.Random(f"{seed}/stories")  # noqa: S311 - chance to be repeated, no secret
    plots: list[Plot] = []
    while len(plots) < partners:
        plots += dice.sample(ROUND, len(ROUND))
    return [
        Story(number, plot, _application(number, plot, dice), seconds * number / max(1, partners))
        for number, plot in enumerate(plots[:partners])
    ]


def _registration_number(country: str, number: int) -> str:
    """Delaware's file numbers have no check digit, France's SIREN have one."""
    siren = f"{10_000_000 + number}"
    return f"DE {100_000 + number}" if country == "US" else siren + luhn.calc_check_digit(siren)


def _application(number: int, plot: Plot, dice: random.Random) -> dict[str, Any]:
    partner_type, competences, products = dice.choice(_SORTS)
    # The rules approve in the single market only; the others wait for a person.
    country = "US" if plot in REVIEWED else "FR"
    people = [_person(number, position, dice) for position in range(1 + dice.randint(0, 2))]
    return {
        "company": {
            "legal_name": f"Faults {number} {partner_type.title()}",
            "registration_number": _registration_number(country, number),
            "country": country,
            "website": f"https://www.faults-{number}.example",
        },
        "partner_type": partner_type,
        "competences": list(competences),
        "products_wanted": list(products),
        "expected_benefits": "To stay whole whatever is killed.",
        "language": dice.choice(["de", "en"]),
        "contact": people[0],
        "members": people[1:],
    }


def _person(number: int, position: int, dice: random.Random) -> dict[str, str]:
    return {
        "given_name": "Ada",
        "family_name": f"Nummer{number}-{position}",
        "email": f"person{position}@faults-{number}.example",
        "language": dice.choice(["de", "en"]),
    }
