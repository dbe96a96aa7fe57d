"""Numbers of company registers: one form each, so that a company is known however its number is written.

Each register that is known here has a reader: it finds the number among what people write around it
("552 100 554 R.C.S. Paris") and checks it as the register does (python-stdnum). Every other number is
compared by its letters and digits alone. A reader that does not recognise a number calls it odd, which
is for a person to look at; only a number that its own check digit contradicts is called wrong.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Protocol

from stdnum.at import businessid
from stdnum.au import abn, acn
from stdnum.be import vat as be_number
from stdnum.bg import vat as bg_number
from stdnum.br import cnpj
from stdnum.ch import uid
from stdnum.cz import dic
from stdnum.dk import cvr
from stdnum.ee import registrikood
from stdnum.es import nif as es_nif
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fi import ytunnus
from stdnum.fr import siren, siret
from stdnum.hr import oib
from stdnum.it import iva
from stdnum.jp import cn as jp_number
from stdnum.lt import pvm
from stdnum.no import orgnr as no_orgnr
from stdnum.pl import nip, regon
from stdnum.pt import nif as pt_nif
from stdnum.se import orgnr as se_orgnr
from stdnum.si import maticna

from chassis.text.names import plain
from onboarding.domain.german_courts import SUFFIX_OF_COURT, court_of

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


class _Check(Protocol):
    def validate(self, number: str) -> str: ...


Reader = Callable[[str], Registration]
# What people write before a number to say that it is one.
_LABELS = frozenset(
    {
        "AND", "COMPANIES", "COMPANY", "CRN", "ENGLAND", "HOUSE", "IN", "KVK", "NO", "NR", "NUM", "NUMBER",
        "NUMERO", "NUMMER", "RCS", "REG", "REGISTER", "REGISTERED", "REGISTRATION", "WALES",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)
def read_registration(country: str, number: str) -> Registration:
    """The number as the country's register has it."""
    words = plain(number).upper()
    read = READERS.get(country)
    return read(words) if read else Registration(_joined(words))


def _joined(words: str) -> str:
    """Letters and digits without the labels, unless there is nothing else."""
    return "".join(word for word in words.split() if word not in _LABELS) or words.replace(" ", "")


def _odd(words: str) -> Registration:
    return Registration(_joined(words), verdict=Verdict.ODD)


def _checked(check: _Check, number: str) -> Registration:
    """A number of the right length by its check digit; a module that knows more may call it odd."""
    try:
        return Registration(check.validate(number).upper())
    except InvalidChecksum:
        return Registration(number, verdict=Verdict.WRONG)
    except ValidationError:
        return Registration(number, verdict=Verdict.ODD)


def _digits(check: _Check, *lengths: int, padded_to: int = 0) -> Reader:
    """A register whose numbers are digits; words before and after them do not count."""

    def read(words: str) -> Registration:
        found = re.fullmatch(r"[A-Z]*([0-9]+)[A-Z]*", words.replace(" ", ""))
        if found is None or len(found[1]) not in lengths:
            return _odd(words)
        return _checked(check, found[1].zfill(padded_to))

    return read


def _french(words: str) -> Registration:
    """SIREN; a SIRET adds the establishment, a VAT number two digits in front; RCS adds the court's town."""
    found = re.fullmatch(r"[A-Z]*([0-9]+)[A-Z]*", words.replace(" ", ""))
    digits = found[1] if found else ""
    if len(digits) == 9:
        return _checked(siren, digits)
    if len(digits) == 14:
        company = _checked(siren, digits[:9])
        # La Poste's establishments do not follow the check of the others.
        is_wrong = not siret.is_valid(digits) and digits[:9] != "356000000"
        return Registration(company.number, verdict=Verdict.WRONG) if is_wrong else company
    if len(digits) == 11 and words.startswith("FR"):
        return _checked(siren, digits[2:])
    return _odd(words)


def _german(words: str) -> Registration:
    """Register, number and court; the number alone is one company per court."""
    found = re.search(
        r"\b(HR ?A|HR ?B|GNR|PR|VR|GSR|GUR)(?: N[RO]| NUMMER)? ?([0-9][0-9 ]*)(?:(?!AG\b)([A-Z]{1,3})\b)?",
        words,
    )
    if found is None:
        return _odd(words)
    register, digits = found[1].replace(" ", ""), found[2].replace(" ", "").lstrip("0")
    suffix, around = found[3] or "", f"{words[: found.start()]} {words[found.end() :]}"
    if suffix and court_of(suffix):
        suffix, around = "", f"{around} {suffix}"
    court, is_known = SUFFIX_OF_COURT.get(suffix, ""), True
    if court:
        suffix = ""
    if named := re.sub(
        r"\b(AMTSGERICHT|AG|REGISTERGERICHT|HANDELSREGISTER|BEIM|BEI|DES|DER|IN)\b", "", around
    ).split():
        known = court_of(" ".join(named))
        court, is_known = known or "".join(named), known is not None
    is_fine = is_known and 0 < len(digits) < 8
    return Registration(f"{register}{digits}{suffix}", court, Verdict.FINE if is_fine else Verdict.ODD)


def _british(words: str) -> Registration:
    """Eight signs: digits with zeros in front, or two letters (SC, NI, OC ...) and six digits."""
    joined = _joined(words).removeprefix("GB")
    found = re.fullmatch(r"([A-Z]{2}|R)?([0-9]{1,8})", joined)
    if found is None:
        return _odd(words)
    letters = found[1] or ""
    number = letters + found[2].lstrip("0").zfill(8 - len(letters))
    return Registration(number, verdict=Verdict.FINE if len(number) == 8 else Verdict.ODD)


def _swiss(words: str) -> Registration:
    """UID; what follows says register or tax, not who."""
    found = re.fullmatch(r"(?:CHE)?([0-9]{9})(?:MWST|TVA|IVA|VAT|HR|RC)?", _joined(words))
    return _checked(uid, f"CHE{found[1]}") if found else _odd(words)


def _austrian(words: str) -> Registration:
    """Firmenbuchnummer: digits and a letter."""
    found = re.fullmatch(r"(?:FN)?0*([0-9]{1,6})([A-Z])", _joined(words))
    return _checked(businessid, f"{found[1]}{found[2].lower()}") if found else _odd(words)


def _dutch(words: str) -> Registration:
    """KvK-nummer: eight digits, without a check; an establishment's twelve follow it."""
    found = re.fullmatch(r"0*([0-9]{5,8})", _joined(words))
    return Registration(found[1].zfill(8)) if found else _odd(words)


def _spanish(words: str) -> Registration:
    number = _joined(words)
    number = number.removeprefix("ES") if len(number) == 11 else number
    is_of_company = re.fullmatch(r"[A-Z][0-9]{7}[0-9A-Z]", number)
    return _checked(es_nif, number) if is_of_company else _odd(words)


def _italian(words: str) -> Registration:
    """The tax number is the register's too; the older REA numbers name the province."""
    number = _joined(words)
    if re.fullmatch(r"(IT)?[0-9]{11}", number):
        return _checked(iva, number.removeprefix("IT"))
    found = re.fullmatch(r"(?:REA)?([A-Z]{2}[0-9]{4,7})", number)
    return Registration(found[1]) if found else _odd(words)


def _polish(words: str) -> Registration:
    """KRS begins with four zeros; NIP and REGON have check digits. Each is a register of its own."""
    digits = re.sub(r"[^0-9]", "", words)
    if len(digits) == 10 and (digits.startswith("0000") or "KRS" in words):
        return Registration(f"KRS{digits}")
    if len(digits) in {9, 14}:
        found = _checked(regon, digits)
        return Registration(f"REGON{digits[:9]}", verdict=found.verdict)
    if len(digits) == 10:
        return Registration(f"NIP{digits}", verdict=_checked(nip, digits).verdict)
    return _odd(words)


def _australian(words: str) -> Registration:
    """ACN; the ABN of a company is two check digits and its ACN."""
    digits = re.sub(r"[^0-9]", "", words)
    if len(digits) == 9:
        return _checked(acn, digits)
    if len(digits) != 11:
        return _odd(words)
    found = _checked(abn, digits)
    is_company = found.verdict is Verdict.FINE and acn.is_valid(digits[2:])
    return Registration(digits[2:]) if is_company else found


READERS: Mapping[str, Reader] = {
    "AT": _austrian,
    "AU": _australian,
    "BE": _digits(be_number, 9, 10, padded_to=10),
    "BG": _digits(bg_number, 9),
    "BR": _digits(cnpj, 14),
    "CH": _swiss,
    "CZ": _digits(dic, 7, 8, padded_to=8),
    "DE": _german,
    "DK": _digits(cvr, 8),
    "EE": _digits(registrikood, 8),
    "ES": _spanish,
    "FI": _digits(ytunnus, 7, 8, padded_to=8),
    "FR": _french,
    "GB": _british,
    "HR": _digits(oib, 11),
    "IT": _italian,
    "JP": _digits(jp_number, 13),
    "LT": _digits(pvm, 9),
    "NL": _dutch,
    "NO": _digits(no_orgnr, 9),
    "PL": _polish,
    "PT": _digits(pt_nif, 9),
    "SE": _digits(se_orgnr, 10),
    "SI": _digits(maticna, 7, 10),
}
