"""What the register of a country calls its number, and what one looks like."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.http.languages import translate


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
    "CZ": Register("IČO", "cs", "25123891"),
    "DE": Register("Handelsregister", "de", "Amtsgericht München HRB 12345"),
    "DK": Register("CVR-nummer", "da", "13585628"),
    "EE": Register("registrikood", "et", "12345678"),
    "ES": Register("NIF", "es", "A13585625"),
    "FI": Register("Y-tunnus", "fi", "2077474-0"),
    "FR": Register("SIREN", "fr", "552 100 554"),
    "GB": Register("Company number", "en", "01234567"),
    "HR": Register("OIB", "hr", "33392005961"),
    "IT": Register("codice fiscale", "it", "00743110157"),
    "JP": Register("法人番号", "ja", "5835678256246"),
    "LT": Register("įmonės kodas", "lt", "119511515"),
    "NL": Register("KVK-nummer", "nl", "12345678"),
    "NO": Register("organisasjonsnummer", "no", "988 077 917"),
    "PL": Register("KRS", "pl", "KRS 0000123456"),
    "PT": Register("NIPC", "pt", "501964843"),
    "SE": Register("organisationsnummer", "sv", "556036-0793"),
    "SI": Register("matična številka", "sl", "9331310000"),
}


def register_hint(country: str) -> str:
    """Where the number is found and how it looks, in the language of the page."""
    register = REGISTERS.get(country)
    if register is None:
        return translate("form-registration-number.hint")
    return translate("register-hint", about=translate(f"register-{country}"), example=register.example)
