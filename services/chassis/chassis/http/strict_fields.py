"""Fields and schemas for input from outside: bounded, clean, nothing unknown, no silent conversion.

class CompanySchema(StrictSchema):
    legal_name = Name(required=True)
    country = CountryCode(required=True)
    website = HttpsUrl()
    goals = Text(most=2_000)
"""

import re
from collections.abc import Iterable
from typing import Any

import marshmallow
from marshmallow import RAISE, ValidationError, fields, validate

from chassis.text.characters import cleaned, has_letter_or_digit
from chassis.text.countries import COUNTRIES
from chassis.text.domains import canonical_domain
from chassis.text.mail_addresses import LONGEST_ADDRESS, checked_address
from chassis.text.web_addresses import LONGEST_HOST, canonical_web_address

# What no text may hold, for the OpenAPI document, as far as a regular expression of ECMA-262 says it.
_REFUSED_IN_LINE = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ue000-\uf8ff\ufffd"
# But around a text, where they come along by copying.
_AROUND = r"[\t\n\r\u202a-\u202c\u2066-\u2069]*"
_REFUSED_IN_LINES = _REFUSED_IN_LINE.replace(r"\u0000-\u001f", r"\u0000-\u0008\u000b\u000c\u000e-\u001f")


# Of what people give as a reason.
LONGEST_REASON = 2_000


class StrictSchema(marshmallow.Schema):
    """A schema that refuses fields that it does not know."""

    class Meta:
        unknown = RAISE


class _CleanString(fields.String):
    """Text without control and invisible characters, in Unicode's composed form, with a bounded length.

    A subclass may have its own `read`, whose ValueErrors say what is wrong with such a text.
    """

    kept_controls = frozenset[str]()

    def __init__(self, *, least: int = 1, most: int, **kwargs: Any) -> None:
        length = validate.Length(min=least, max=most)
        validators = kwargs.pop("validate", [])
        validators = list(validators) if isinstance(validators, (list, tuple)) else [validators]
        super().__init__(validate=[length, *validators], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            is_clean = text.isascii() and text.isprintable()
            return self.read(text.strip() if is_clean else cleaned(text, self.kept_controls))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def read(self, text: str) -> str:
        """What becomes of a clean text."""
        return text


class Name(_CleanString):
    """One line of text, 200 characters unless told otherwise; spaces around it are dropped."""

    def __init__(self, *, least: int = 1, most: int = 200, **kwargs: Any) -> None:
        super().__init__(
            least=least, most=most, **_documented(kwargs, pattern=_pattern(_REFUSED_IN_LINE, least))
        )


class ProperName(Name):
    """What somebody or something is called by: with a letter or digit, unless it may be empty."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(least=least, **kwargs)
        self._may_be_empty = least == 0

    def read(self, text: str) -> str:
        if not (has_letter_or_digit(text) or (self._may_be_empty and not text)):
            raise ValueError("Needs letters or digits.")
        return text


class Text(_CleanString):
    """Several lines of text, 2,000 characters unless told otherwise; line breaks become ``\\n``."""

    kept_controls = frozenset("\n\t")

    def __init__(self, *, least: int = 1, most: int = LONGEST_REASON, **kwargs: Any) -> None:
        super().__init__(
            least=least, most=most, **_documented(kwargs, pattern=_pattern(_REFUSED_IN_LINES, least))
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str):
            value = value.replace("\r\n", "\n").replace("\r", "\n")
        return super()._deserialize(value, attr, data, **kwargs)


class Choice(fields.String):
    """One of a few words; where those are the members of an enum, it becomes the member."""

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        self._by_word = {str(choice): choice for choice in choices}
        words = validate.OneOf(list(self._by_word), error="Must be one of: {choices}.")
        super().__init__(validate=words, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return self._by_word.get(text, text)


class Whole(fields.Integer):
    """A whole number of JSON; "5" and 5.0 are refused, except in a query string (``from_text``)."""

    def __init__(self, *, least: int, most: int, from_text: bool = False, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=least, max=most), **kwargs)
        self._from_text = from_text

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if self._from_text and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Flag(fields.Boolean):
    """``true`` or ``false`` of JSON, and nothing that looks like them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class EmailAddress(_CleanString):
    """An email address, checked without asking DNS; kept in its normal form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=LONGEST_ADDRESS, **_documented(kwargs, format="email"))

    def may_be_international(self) -> bool:
        """Whether mails go out by a way that carries letters outside ASCII before the @ (RFC 6531)."""
        return False

    def read(self, text: str) -> str:
        if len(text) > LONGEST_ADDRESS:
            raise ValueError(f"Longer than {LONGEST_ADDRESS} characters.")
        if not text.rpartition("@")[0].isascii() and not self.may_be_international():
            raise ValueError(
                "We cannot send mails to an address with letters outside ASCII before the @, such as ö."
            )
        return checked_address(text, may_be_international=self.may_be_international())


class DomainName(_CleanString):
    """A domain of the public internet; becomes its A-labels in small letters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=LONGEST_HOST, **_documented(kwargs, example="example.com"))

    def read(self, text: str) -> str:
        return canonical_domain(text)


class CountryCode(fields.String):
    """An ISO 3166-1 alpha-2 code that is assigned, or XK (Kosovo); small letters are taken too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_documented(kwargs, example="DE", pattern="^[A-Za-z]{2}$"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        code = text.upper()
        if not text.isascii() or code not in COUNTRIES:
            raise ValidationError("Not an ISO 3166-1 country code such as DE.")
        return code


class HttpsUrl(_CleanString):
    """An ``https://`` address of a public name, as `canonical_web_address` writes it."""

    def __init__(self, *, most: int = 2_048, **kwargs: Any) -> None:
        super().__init__(most=most, **_documented(kwargs, format="uri", pattern="^https://"))

    def read(self, text: str) -> str:
        return canonical_web_address(text)


class ShortList(fields.List[Any]):
    """A list of at most ``most`` values. A longer one is refused unread: reading it would be the work."""

    def __init__(self, values: fields.Field[Any], *, least: int = 0, most: int, **kwargs: Any) -> None:
        self._length = validate.Length(min=least or None, max=most)
        super().__init__(values, validate=[self._length, *kwargs.pop("validate", [])], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list):
            self._length(value)
        return super()._deserialize(value, attr, data, **kwargs)


def _pattern(refused: str, least: int) -> str:
    """Nothing refused, and at least one character that is no space, unless the text may be empty."""
    if not least:
        return rf"^{_AROUND}[^{refused}]*{_AROUND}$"
    return rf"^{_AROUND}[^{refused}]*[^\s{refused}][^{refused}]*{_AROUND}$"


def _documented(kwargs: dict[str, Any], **metadata: str) -> dict[str, Any]:
    """The arguments of a field, with what OpenAPI should say about it."""
    return kwargs | {"metadata": metadata | dict(kwargs.get("metadata") or {})}
