"""Check data against a contract, as JSON Schema means it; formats are promises too, and none is skipped."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

# jsonschema registers a format's checker only where the library for it is installed.
_FORMATS = FormatChecker(())
_FORMATS.checkers = dict(Draft202012Validator.FORMAT_CHECKER.checkers)


class FormatUnchecked(Exception):
    """A schema promises a format that nothing here can check."""


def _pattern(
    _validator: Any, pattern: str, value: Any, _schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """Patterns are ECMA-262's, where ``$`` is the end; Python's also matches before a last line break."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_Strict: type[Validator] = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


@_FORMATS.checks("email", raises=EmailNotValidError)
@_FORMATS.checks("idn-email", raises=EmailNotValidError)
def _is_mail_address(value: object) -> bool:
    """By RFC 5321, 5322 and 6531; jsonschema's own check is content with an ``@``."""
    if isinstance(value, str):
        validate_email(value, check_deliverability=False, globally_deliverable=False)
    return True


def validator(schema: Mapping[str, Any]) -> Validator:
    """A validator that also checks every format. Raises FormatUnchecked where it could not."""
    if problems := unchecked_formats(schema):
        raise FormatUnchecked("; ".join(problems))
    return _Strict(schema, format_checker=_FORMATS)


def unchecked_formats(schema: Any) -> list[str]:
    """Each format in the schema that nobody checks here, as a sentence."""
    return sorted(
        f"no checker for the format {name!r} is installed"
        for name in set(_formats(schema)) - _FORMATS.checkers.keys()
    )


def _formats(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _formats(item)
    elif isinstance(node, Mapping):
        # A property may be named "format"; then it stands for a schema, not for a name.
        if isinstance(node.get("format"), str):
            yield node["format"]
        for value in node.values():
            yield from _formats(value)
