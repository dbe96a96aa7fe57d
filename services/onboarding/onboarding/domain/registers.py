"""Numbers of company registers: one form each, so that a company is known however its number is written.

Each register that is known here has a reader: it finds the number among what people write around it
("552 100 554 R.C.S. Paris") and checks it as the register does (python-stdnum). Every other number is
compared by its letters and digits alone. A reader that does not recognise a number calls it odd, which
is for a person to look at; only a number that its own check digit contradicts is called wrong.
"""

import re
from collections.abc import Callable, Mapping
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
from stdnum.gr import vat as gr_vat
from stdnum.hr import oib
from stdnum.hu import anum
from stdnum.is_ import kennitala
from stdnum.it import iva
from stdnum.jp import cn as jp_number
from stdnum.lt import pvm
from stdnum.lv import pvn
from stdnum.no import orgnr as no_orgnr
from stdnum.pl import nip, regon
from stdnum.pt import nif as pt_nif
from stdnum.ro import cui, onrc
from stdnum.se import orgnr as se_orgnr
from stdnum.si import maticna

from chassis.text.names import plain
from onboarding.domain.german_register import read_german
from onboarding.domain.registration import Registration, Verdict, joined, odd


class _Check(Protocol):
    def validate(self, number: str) -> str: ...


Reader = Callable[[str], Registration]


@lru_cache(maxsize=4096)
def read_registration(country: str, number: str) -> Registration:
    """The number as the country's register has it."""
    words = plain(number).upper()
    if read := READERS.get(country):
        return read(words)
    return Registration(re.sub(rf"^{country}(?=[0-9])", "", joined(words)))


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
        digits = _only_digits(words)
        return _checked(check, digits.zfill(padded_to)) if len(digits) in lengths else odd(words)

    return read


def _only_digits(words: str) -> str:
    """The digits, where nothing but words stands before and after them; else none."""
    found = re.fullmatch(r"[^0-9]*([0-9]+)[^0-9]*", words.replace(" ", ""))
    return found[1] if found else ""


def _ungrouped(words: str) -> str:
    """Without the gaps inside a number: B 12.345."""
    return re.sub("(?<=[0-9]) (?=[0-9])", "", words)


def _french(words: str) -> Registration:
    """SIREN; a SIRET adds the establishment, a VAT number two digits in front; RCS adds the court's town."""
    digits = _only_digits(words)
    if len(digits) == 9:
        return _checked(siren, digits)
    if len(digits) == 14:
        company = _checked(siren, digits[:9])
        # La Poste's establishments do not follow the check of the others.
        is_wrong = not siret.is_valid(digits) and digits[:9] != "356000000"
        return Registration(company.number, verdict=Verdict.WRONG) if is_wrong else company
    if len(digits) == 11 and f"FR{digits}" in words.replace(" ", ""):
        return _checked(siren, digits[2:])
    return odd(words)


def _british(words: str) -> Registration:
    """Eight signs: digits with zeros in front, or two letters (SC, NI, OC ...) and six digits."""
    typed = joined(words).removeprefix("GB")
    if re.fullmatch(r"[A-Z]{2}[0-9]{5}R", typed):  # societies
        return Registration(typed)
    found = re.fullmatch(r"([A-Z]{2}|R)?([0-9]{1,8})", typed)
    if found is None:
        return odd(words)
    letters = found[1] or ""
    number = letters + found[2].lstrip("0").zfill(8 - len(letters))
    return Registration(number, verdict=Verdict.FINE if len(number) == 8 else Verdict.ODD)


def _swiss(words: str) -> Registration:
    """UID; what follows says register or tax, not who."""
    digits = _only_digits(words)
    return _checked(uid, f"CHE{digits}") if len(digits) == 9 else odd(words)


def _austrian(words: str) -> Registration:
    """Firmenbuchnummer: digits and a letter; the court's name may follow."""
    found = re.fullmatch(r"[^0-9]*0*([0-9]{1,6}) ?([A-Z])( [^0-9]*)?", _ungrouped(words))
    return _checked(businessid, f"{found[1]}{found[2].lower()}") if found else odd(words)


def _dutch(words: str) -> Registration:
    """KvK-nummer: eight digits, without a check; an establishment's twelve follow it."""
    digits = _only_digits(words).lstrip("0")
    return Registration(digits.zfill(8)) if 5 <= len(digits) <= 8 else odd(words)


def _spanish(words: str) -> Registration:
    """The NIF of a company: a letter, seven digits, and a digit or a letter to check them."""
    found = re.fullmatch(r"[^0-9]*([A-Z][0-9]{7}[0-9A-Z])", words.replace(" ", ""))
    return _checked(es_nif, found[1]) if found else odd(words)


def _italian(words: str) -> Registration:
    """The tax number is the register's too; the older REA numbers name the province."""
    if len(digits := _only_digits(words)) == 11:
        return _checked(iva, digits)
    found = re.fullmatch(r"(?:.*REA)?([A-Z]{2}[0-9]{4,7})", joined(words))
    return Registration(found[1]) if found else odd(words)


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
    return odd(words)


def _australian(words: str) -> Registration:
    """ACN; the ABN of a company is two check digits and its ACN."""
    digits = re.sub(r"[^0-9]", "", words)
    if len(digits) == 9:
        return _checked(acn, digits)
    if len(digits) != 11:
        return odd(words)
    found = _checked(abn, digits)
    is_company = found.verdict is Verdict.FINE and acn.is_valid(digits[2:])
    return Registration(digits[2:]) if is_company else found


def _swedish(words: str) -> Registration:
    """Organisationsnummer; a VAT number adds 01."""
    digits = _only_digits(words)
    if len(digits) == 12 and digits.endswith("01") and f"SE{digits}" in words.replace(" ", ""):
        digits = digits[:10]
    return _checked(se_orgnr, digits) if len(digits) == 10 else odd(words)


def _brazilian(words: str) -> Registration:
    """CNPJ; since July 2026 new ones hold letters, too."""
    found = re.fullmatch(r"[^0-9]*([0-9A-Z]{12}[0-9]{2})", words.replace(" ", ""))
    return _checked(cnpj, found[1]) if found else odd(words)


def _lithuanian(words: str) -> Registration:
    """The code of a legal entity is no number of a taxpayer, and is checked as one is."""
    digits = _only_digits(words)
    if len(digits) != 9:
        return odd(words)
    is_right = pvm.calc_check_digit(digits[:-1]) == digits[-1]
    return Registration(digits, verdict=Verdict.FINE if is_right else Verdict.WRONG)


# J for companies, F for people, C for cooperatives; not the F of C.I.F. or C.F., which is a CUI.
_ROMANIAN_ENTRY = re.compile(
    r"(?<![CI] )\b([CFJ]) ?([0-9]{1,2}) ([0-9]{1,6}) (?:[0-9]{2} [0-9]{2} )?(?:((?:19|20)[0-9]{2})\b|[0-9])"
)


def _romanian(words: str) -> Registration:
    """CUI, or the trade register's number: kind, county, serial, year; since 2024 in another order."""
    if found := _ROMANIAN_ENTRY.search(words):
        kind, county, serial, year = found.groups()
        # A year in two digits, perhaps; of a CUI it would only seem to be a wrong one.
        return Registration(f"{kind}{county.zfill(2)} {serial.lstrip('0')} {year}") if year else odd(words)
    number = words.replace(" ", "")
    if found := re.fullmatch(r"[^0-9]*J([0-9]{4})([0-9]{6})([0-9]{2})[0-9]", number):
        verdict = _checked(onrc, number[-14:]).verdict
        return Registration(f"J{found[3]} {found[2].lstrip('0')} {found[1]}", verdict=verdict)
    digits = _only_digits(words)
    return _checked(cui, digits) if 2 <= len(digits) <= 10 else odd(words)


def _hungarian(words: str) -> Registration:
    """Cégjegyzékszám; or the tax number, of whose three parts the first is the company."""
    digits = re.sub(r"[^0-9]", "", words)
    if len(digits) in {8, 11}:
        found = _checked(anum, digits[:8])
        # The register of sole traders has eight digits as well, and no check.
        return odd(digits) if len(digits) == 8 and found.verdict is Verdict.WRONG else found
    return Registration(digits) if len(digits) == 10 else odd(words)


def _greek(words: str) -> Registration:
    """ΓΕΜΗ, or the tax number. Each is a register of its own."""
    digits = _only_digits(words)
    if len(digits) == 9:
        return _checked(gr_vat, digits)
    return Registration(digits) if len(digits) == 12 else odd(words)


def _lettered(pattern: str, usual: str = "") -> Reader:
    """A letter, which may be left out where there is a ``usual`` one, and a number without a check."""

    def read(words: str) -> Registration:
        found = re.fullmatch(rf"(?:.* |[A-Z]{{2}})?({pattern}) ?0*([0-9]{{1,6}})", _ungrouped(words))
        if found is None and usual:
            found = re.fullmatch("()0*([0-9]{1,6})", joined(words))
        return Registration(f"{usual or found[1]}{found[2]}") if found else odd(words)

    return read


def _irish(words: str) -> Registration:
    """The number of the Companies Registration Office has no check digit."""
    digits = _only_digits(words).lstrip("0")
    is_number = 0 < len(digits) < 8 and _ungrouped(words).endswith(digits)
    return Registration(digits) if is_number else odd(words)


def _of_liechtenstein(words: str) -> Registration:
    digits = _only_digits(words)
    return Registration(f"FL{digits}") if len(digits) == 11 else odd(words)


READERS: Mapping[str, Reader] = {
    "AT": _austrian,
    "AU": _australian,
    "BE": _digits(be_number, 9, 10, padded_to=10),
    "BG": _digits(bg_number, 9),
    "BR": _brazilian,
    "CH": _swiss,
    # The Greek letters of HE look like NE once they are small.
    "CY": _lettered("HE|NE|C", "HE"),
    "CZ": _digits(dic, 7, 8, padded_to=8),
    "DE": read_german,
    "DK": _digits(cvr, 8),
    "EE": _digits(registrikood, 8),
    "ES": _spanish,
    "FI": _digits(ytunnus, 7, 8, padded_to=8),
    "FR": _french,
    "GB": _british,
    "GR": _greek,
    "HR": _digits(oib, 11),
    "HU": _hungarian,
    "IE": _irish,
    "IS": _digits(kennitala, 10),
    "IT": _italian,
    "JP": _digits(jp_number, 13),
    "LI": _of_liechtenstein,
    "LT": _lithuanian,
    "LU": _lettered("[A-L]"),
    "LV": _digits(pvn, 11),
    "MT": _lettered("C", "C"),
    "NL": _dutch,
    "NO": _digits(no_orgnr, 9),
    "PL": _polish,
    "PT": _digits(pt_nif, 9),
    "RO": _romanian,
    "SE": _swedish,
    "SI": _digits(maticna, 7, 10),
    # As in the Czech Republic, with which the register began.
    "SK": _digits(dic, 6, 7, 8, padded_to=8),
}
