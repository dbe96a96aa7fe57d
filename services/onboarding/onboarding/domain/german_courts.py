"""The courts that keep Germany's registers, by the names that people give them."""

import re

from stdnum.de.handelsregisternummer import GERMAN_COURTS

from chassis.text.names import plain

# Letters behind a number that only one court uses.
SUFFIX_OF_COURT = {
    "B": "BERLINCHARLOTTENBURG",
    "FL": "FLENSBURG",
    "HB": "BREMEN",
    "HL": "LUBECK",
    "KI": "KIEL",
    "PI": "PINNEBERG",
}
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LARGEST_OF_ITS_NAME = {"FRANKFURT": "Frankfurt am Main", "FRANKFURTMAIN": "Frankfurt am Main"}


def court_of(words: str) -> str | None:
    """The court's own name as it is compared, if there is such a court."""
    return _COURTS.get(_joined(words))


def _joined(words: str) -> str:
    return plain(words).upper().replace(" ", "")


def _names_of(court: str) -> set[str]:
    """As it is written, with umlauts spelled out, and by each half of "Berlin (Charlottenburg)"."""
    halves = [half for half in re.split(r"[()]", court) if half.strip()]
    written = {court, *halves} if "Zweigstelle" not in court else {court}
    return {_joined(form) for name in written for form in (name, name.lower().translate(_SPELLED_OUT))}


_COURTS = {name: _joined(court) for court in GERMAN_COURTS for name in _names_of(court)} | {
    name: _joined(court) for name, court in _LARGEST_OF_ITS_NAME.items()
}
