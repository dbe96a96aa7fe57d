"""What a form offers, how registers call their numbers, and what is wrong, in the visitor's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from babel import Locale
from werkzeug.datastructures import MultiDict

from chassis.http.current_service import current_service
from chassis.http.languages import current_language, translate
from chassis.text.characters import without_invisible
from chassis.text.countries import COUNTRIES
from chassis.text.names import plain
from onboarding.bootstrap import OnboardingService
from onboarding.domain import bounds
from onboarding.domain.vocabulary import Competence, PartnerType, Product


@dataclass(frozen=True)
class Register:
    """The number by its own name, in the language of the register, with an example in its usual form."""

    name: str
    language: str
    example: str


# The registers that onboarding.domain.registration reads; every other country is asked in neutral words.
REGISTERS: Mapping[str, Register] = {
    "AT": Register("Firmenbuchnummer", "de", "FN 122119 m"),
    "AU": Register("ACN", "en", "004 085 616"),
    "BE": Register("KBO / BCE", "nl", "0403.170.701"),
    "BG": Register("ЕИК", "bg", "175074752"),
    "BR": Register("CNPJ", "pt", "16.727.230/0001-97"),
    "CH": Register("UID", "de", "CHE-107.787.577"),
    "CY": Register("ΗΕ", "el", "HE 123456"),  # noqa: RUF001
    "CZ": Register("IČO", "cs", "25123891"),
    "DE": Register("Handelsregister", "de", "Amtsgericht München HRB 12345"),
    "DK": Register("CVR-nummer", "da", "13585628"),
    "EE": Register("registrikood", "et", "12345678"),
    "ES": Register("NIF", "es", "A13585625"),
    "FI": Register("Y-tunnus", "fi", "2077474-0"),
    "FR": Register("SIREN", "fr", "552 100 554"),
    "GB": Register("Company number", "en", "01234567"),
    "GR": Register("Γ.Ε.ΜΗ.", "el", "122204101000"),  # noqa: RUF001
    "HR": Register("OIB", "hr", "33392005961"),
    "HU": Register("cégjegyzékszám", "hu", "01-10-041683"),
    "IE": Register("CRO number", "en", "104547"),
    "IS": Register("kennitala", "is", "631205-1780"),
    "IT": Register("codice fiscale", "it", "00743110157"),
    "JP": Register("法人番号", "ja", "5835678256246"),
    "LI": Register("Handelsregister", "de", "FL-0002.123.456-7"),
    "LT": Register("įmonės kodas", "lt", "111950581"),
    "LU": Register("RCS", "fr", "B 12345"),
    "LV": Register("reģistrācijas numurs", "lv", "40003245752"),
    "MT": Register("Registration number", "en", "C 12345"),
    "NL": Register("KVK-nummer", "nl", "12345678"),
    "NO": Register("organisasjonsnummer", "no", "988 077 917"),
    "PL": Register("KRS", "pl", "KRS 0000123456"),
    "PT": Register("NIPC", "pt", "501964843"),
    "RO": Register("CUI", "ro", "18547290"),
    "SE": Register("organisationsnummer", "sv", "556036-0793"),
    "SI": Register("matična številka", "sl", "9331310000"),
    "SK": Register("IČO", "sk", "36 631 124"),
}


def register_hint(country: str) -> str:
    """Where the number is found and how it looks, in the language of the page."""
    register = REGISTERS.get(country)
    if register is None:
        return translate("form-registration-number.hint")
    return translate("register-hint", about=translate(f"register-{country}"), example=register.example)


# The fields, and the words above each, in the order of the form; the people's fields come under each person.
_LABELS = {
    "country": "form-country",
    "legal_name": "form-legal-name",
    "registration_number": "form-registration-number",
    "website": "form-website",
    "partner_type": "form-partner-type",
    "competences": "form-competences",
    "products_wanted": "form-products",
    "expected_benefits": "form-benefits",
    "given_name": "form-given-name",
    "family_name": "form-family-name",
    "email": "form-email",
    "language": "form-language",
    "members": "form-members",
}
_ORDER = tuple(_LABELS)
# How the messages of the checks begin, and the words that we have for them.
_KNOWN = {
    "Missing data": "wrong-missing",
    "Longer than": "wrong-long",
    "Length must be": "wrong-long",
    "Must be one of": "wrong-choice",
    "Control characters": "wrong-signs",
    "Someone else has this address": "wrong-same-address",
    "Needs letters": "wrong-no-letters",
    "Too many marks": "wrong-signs",
    "The check digit": "wrong-registration",
    "We cannot send": "wrong-international",
    "An IP address": "wrong-ip-address",
}
_CHOICES: Mapping[str, tuple[str, type[StrEnum]]] = {
    "partner_type": ("type", PartnerType),
    "competences": ("competence", Competence),
    "products_wanted": ("product", Product),
}
_BY_FIELD = {
    "email": "wrong-email",
    "website": "wrong-website",
    "country": "wrong-choice",
}


def explained(field: str, message: str, value: str) -> str:
    """A sentence about a wrong field; ``value`` is what stood in it."""
    if field == "members":
        return translate("wrong-too-many", most=bounds.MEMBERS)
    if not without_invisible(value).strip():
        return translate("wrong-missing")
    for beginning, words in _KNOWN.items():
        if message.startswith(beginning):
            return translate(words)
    return translate(_BY_FIELD.get(_name(field), "wrong-other"))


def explained_all(wrong: Mapping[str, str], given: MultiDict[str, str]) -> dict[str, str]:
    """A sentence about each wrong field, in the order in which the form asks."""
    ordered = sorted(wrong, key=_place)
    return {field: explained(field, wrong[field], given.get(field, "")) for field in ordered}


def label_of(field: str) -> str:
    """What the form calls a field, with the person whose it is."""
    *section, name = field.split("-")
    key = "form-mail-language" if section and name == "language" else _LABELS.get(name, "form-field")
    if section[:1] != ["member"]:
        return translate(key)
    return f"{translate('form-member', number=int(section[1]) + 1)}, {translate(key)}"


def choices(country: str) -> dict[str, Any]:
    """What the templates of forms need: value and words of each choice, and the words for a field."""
    return {
        "countries": country_names(current_language()),
        "partner_types": worded_choices("partner_type"),
        "competences": worded_choices("competences"),
        "products": worded_choices("products_wanted"),
        "register": REGISTERS.get(country),
        "register_hint": register_hint(country),
        "label_of": label_of,
        "needed": current_service(OnboardingService).policies.rules.always_required,
    }


def worded_choices(field: str) -> list[tuple[str, str]]:
    """Value and words of what may be chosen, in the visitor's language."""
    kind, values = _CHOICES[field]
    return [(str(value), translate(f"{kind}-{value}".replace("_", "-"))) for value in values]


@cache
def country_names(language: str) -> list[tuple[str, str]]:
    """Code and name, in the order of the language."""
    names = Locale(language).territories
    # Accents do not count in the order of our languages, unless names differ by nothing else.
    return sorted(((code, names[code]) for code in COUNTRIES), key=lambda entry: (plain(entry[1]), entry[1]))


def _name(field: str) -> str:
    return field.rpartition("-")[2]


def _place(field: str) -> tuple[int, int, int]:
    """Company, contact and language, then person by person."""
    place = _ORDER.index(_name(field)) if _name(field) in _ORDER else len(_ORDER)
    row = int(field.split("-")[1]) + 1 if field.startswith("member-") else 0
    return field == "members", row, place
