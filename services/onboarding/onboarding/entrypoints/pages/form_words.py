"""What a form offers to choose from, and what it says about a wrong field, in the visitor's language."""

from collections.abc import Iterable
from functools import cache

import pycountry
from babel import Locale

from chassis.languages import current_language, translate
from onboarding.domain.vocabulary import Competence, PartnerType, Product

# How the messages of the checks begin, and the words that we have for them.
_KNOWN = {
    "Missing data": "wrong-missing",
    "Shorter than": "wrong-missing",
    "Length must be between 1": "wrong-missing",
    "Longer than": "wrong-long",
    "Length must be": "wrong-long",
    "Must be one of": "wrong-choice",
    "Control characters": "wrong-signs",
    "Someone else has this address": "wrong-same-address",
    "Needs letters": "wrong-registration",
}
_BY_FIELD = {
    "email": "wrong-email",
    "website": "wrong-website",
    "country": "wrong-choice",
    "accept": "wrong-accept",
}


def explained(field: str, message: str, value: str = "") -> str:
    """A sentence about a wrong field."""
    name = field.rpartition("-")[2]
    if not value.strip() and name in _BY_FIELD and name != "accept":
        return translate("wrong-missing")
    for beginning, words in _KNOWN.items():
        if message.startswith(beginning):
            return translate(words)
    return translate(_BY_FIELD.get(name, "wrong-other"))


def choices() -> dict[str, list[tuple[str, str]]]:
    """Value and words of each choice that the forms offer."""
    return {
        "countries": _countries(current_language()),
        "partner_types": _worded("type", PartnerType),
        "competences": _worded("competence", Competence),
        "products": _worded("product", Product),
    }


def _worded(kind: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(value), translate(f"{kind}-{value}".replace("_", "-"))) for value in values]


@cache
def _countries(language: str) -> list[tuple[str, str]]:
    """Code and name, in the order of the language."""
    names = Locale(language).territories
    found = [(country.alpha_2, names.get(country.alpha_2, country.name)) for country in pycountry.countries]
    return sorted(found, key=lambda entry: _sortable(entry[1]))


def _sortable(name: str) -> str:
    return name.casefold().translate(str.maketrans("äöüåç", "aouac"))
