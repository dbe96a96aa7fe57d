"""Germany's registers, each court's its own: what people write of number and court, and what is meant."""

import re
from collections.abc import Sequence

from stdnum.de.handelsregisternummer import GERMAN_COURTS

from chassis.text.names import plain
from onboarding.domain.registration import Registration, Verdict, odd

# Letters behind a number that only one court uses.
_SUFFIX_OF_COURT = {
    "B": "BERLINCHARLOTTENBURG",
    "FL": "FLENSBURG",
    "HB": "BREMEN",
    "HL": "LUBECK",
    "KI": "KIEL",
    "PI": "PINNEBERG",
}
# What stands around a court's name in an imprint, and names none.
_COURT = frozenset(
    {"AG", "AMTSGERICHT", "AMTSGERICHTS", "REGISTERGERICHT", "REGISTERGERICHTS", "COURT", "GERICHT"}
)
_AROUND_COURTS = _COURT | {
    "ABT", "ABTEILUNG", "AM", "AN", "AT", "BEI", "BEIM", "COMMERCIAL", "DAS", "DE", "DEM", "DER", "DES",
    "DIE", "DISTRICT", "EINGETRAGEN", "EINTRAG", "EINTRAGUNG", "GERMANY", "GESELLSCHAFT", "HANDELSREGISTER",
    "HANDELSREGISTEREINTRAG", "HANDELSREGISTERNUMMER", "HANDELSREGISTERS", "HR", "IM", "IN", "LOCAL", "NO",
    "NR", "NUMBER", "NUMMER", "OF", "REGISTER", "REGISTEREINTRAG", "REGISTERNUMMER", "SITZ", "THE", "UND",
    "UNTER", "VOM", "VON",
}  # fmt: skip
_MOST_WORDS = 6
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_OTHER_NAMES = {
    "BADHOMBURG": "Bad Homburg v.d.H.",
    "COLOGNE": "Köln",
    "FRANKFURT": "Frankfurt am Main",
    "FRANKFURTMAIN": "Frankfurt am Main",
    "HANOVER": "Hannover",
    "LUDWIGSHAFENAMRHEIN": "Ludwigshafen a.Rhein (Ludwigshafen)",
    "MUNICH": "München",
    "NUREMBERG": "Nürnberg",
    "OFFENBACH": "Offenbach am Main",
    "WEIDEN": "Weiden i. d. OPf.",
}


def _court_of(words: str) -> str | None:
    """The court's own name as it is compared, if there is such a court."""
    return _COURTS.get(_joined(words))


def _court_in(words: Sequence[str]) -> str | None:
    """The court among the words: named after a word for one, else by the longest name, else the last."""
    found = [
        (begin > 0 and words[begin - 1] in _COURT, end - begin, begin, court)
        for begin in range(len(words))
        for end in range(begin + 1, min(begin + _MOST_WORDS, len(words)) + 1)
        if (court := _court_of(" ".join(words[begin:end])))
    ]
    return max(found)[-1] if found else None


def _joined(words: str) -> str:
    return plain(words).upper().replace(" ", "")


def _names_of(court: str) -> set[str]:
    """As it is written, with umlauts spelled out, and by each half of "Berlin (Charlottenburg)"."""
    halves = [half for half in re.split(r"[()]", court) if half.strip()]
    written = {court, *halves} if "Zweigstelle" not in court else {court}
    return {_joined(form) for name in written for form in (name, name.lower().translate(_SPELLED_OUT))}


_COURTS = {name: _joined(court) for court in GERMAN_COURTS for name in _names_of(court)} | {
    name: _joined(court) for name, court in _OTHER_NAMES.items()
}


def read_german(words: str) -> Registration:
    """Register, number and court; the number alone is one company per court."""
    found = re.search(r"\b(HR ?A|HR ?B|GNR|PR|VR|GSR|GUR)(?: N[RO]| NUMMER)? ?([0-9][0-9 ]*)", words)
    if found is None:
        return odd(words)
    register, digits = found[1].replace(" ", ""), found[2].replace(" ", "").lstrip("0")
    before, after = words[: found.start()].split(), words[found.end() :].split()
    court, suffix, is_known = _court_and_suffix(before, after)
    is_fine = is_known and 0 < len(digits) < 8
    return Registration(f"{register}{digits}{suffix}", court, Verdict.FINE if is_fine else Verdict.ODD)


def _court_and_suffix(before: list[str], after: list[str]) -> tuple[str, str, bool]:
    """The court around a number, the letters behind it, and whether that is a court that there is."""
    court = _court_in(after) or _court_in(before)
    begins_with_court = any(
        court and _court_of(" ".join(after[:count])) == court for count in range(1, len(after) + 1)
    )
    has_suffix = after and re.fullmatch("[A-Z]{1,3}", after[0]) and after[0] not in _AROUND_COURTS
    suffix = after.pop(0) if has_suffix and not begins_with_court else ""
    if suffix in _SUFFIX_OF_COURT:
        return court or _SUFFIX_OF_COURT[suffix], "", True
    named = [word for word in (*before, *after) if word not in _AROUND_COURTS]
    return court or "".join(named), suffix, bool(court or not named)
