"""By what another partner looks like the same company, now or formerly."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from cleanco import basename

from chassis.text.names import lookalike, plain
from onboarding.domain.finding import Finding
from onboarding.domain.states import FINAL, State


class Trait(StrEnum):
    """What two partners have in common."""

    REGISTRATION_NUMBER = "registration_number"
    MAIL_DOMAIN = "mail_domain"
    WEBSITE = "website"
    CONTACT = "contact"
    MEMBER = "member"
    LEGAL_NAME = "legal_name"


_WORDS = {
    Trait.REGISTRATION_NUMBER: "the same registration number",
    Trait.MAIL_DOMAIN: "the same mail domain",
    Trait.WEBSITE: "a website of the same domain",
    Trait.CONTACT: "the same contact",
    Trait.MEMBER: "somebody in common, who is the contact of one and named by the other",
    Trait.LEGAL_NAME: "a name that looks the same, in the same country",
}


@dataclass(frozen=True)
class Duplicate:
    """Another partner whose contact confirmed its address, and who looks like the same company."""

    partner_id: UUID
    legal_name: str
    by: Trait
    state: State

    @property
    def is_former(self) -> bool:
        """True for one that was turned down, left or gave up: who comes back is for people to look at."""
        return self.state in FINAL

    @property
    def finding(self) -> Finding:
        """Told with what became of the other one."""
        other = f"{self.legal_name} ({self.partner_id})"
        state = self.state.replace("_", " ")
        if self.is_former:
            return Finding(
                f"returning_{self.by}", f"{other} was here before ({state}) and had {_WORDS[self.by]}."
            )
        return Finding(f"duplicate_{self.by}", f"{other}, {state}, has {_WORDS[self.by]}.")


@lru_cache(maxsize=4_096)  # each move of a partner writes it again
def company_shape(legal_name: str) -> str:
    """What a company's name looks like without its legal form: Acme Ltd, A C M E Inc. and ACME are one.

    For lists of whom to look at, never for telling who somebody is.
    """
    bare = basename(plain(basename(legal_name)))
    return (lookalike(bare) or lookalike(legal_name)).replace(" ", "")
