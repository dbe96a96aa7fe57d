"""A number of a company register, in the one form by which it is compared."""

from dataclasses import dataclass
from enum import Enum, auto

WRONG_NUMBER = "The check digit of the number is wrong."


class Verdict(Enum):
    """What a register's own rules say about the form of a number."""

    FINE = auto()
    ODD = auto()
    WRONG = auto()


@dataclass(frozen=True)
class Registration:
    """A number as it is compared; ``court`` is given in Germany only, where each court counts by itself."""

    number: str
    court: str = ""
    verdict: Verdict = Verdict.FINE

    @property
    def key(self) -> str:
        """All that is known of it."""
        return f"{self.number} {self.court}" if self.court else self.number

    def may_be(self, other: "Registration") -> bool:
        """True for the same number, unless both name a court and not the same one."""
        return self.number == other.number and (
            not self.court or not other.court or self.court == other.court
        )


# What people write before a number to say that it is one.
_LABELS = frozenset(
    {
        "AND", "COMPANIES", "COMPANY", "CRN", "ENGLAND", "HOUSE", "IN", "IRELAND", "KVK", "LLP", "NO",
        "NORTHERN", "NR", "NUM", "NUMBER", "NUMERO", "NUMMER", "RCS", "REG", "REGISTER", "REGISTERED",
        "REGISTRATION", "SCOTLAND", "UK", "WALES", "WITH",
    }
)  # fmt: skip


def joined(words: str) -> str:
    """Letters and digits without the labels, unless there is nothing else."""
    return "".join(word for word in words.split() if word not in _LABELS) or words.replace(" ", "")


def odd(words: str) -> Registration:
    return Registration(joined(words), verdict=Verdict.ODD)
