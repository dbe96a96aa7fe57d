"""The partners that the demo onboards, read from a JSON file; every wrong entry is named."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate


class PartnersFileError(Exception):
    """The file cannot be used; the message names every wrong entry."""


@dataclass(frozen=True)
class Candidate:
    """One company, what it submits, what the vendor decides, and the expected outcome."""

    application: dict[str, Any]
    outcome: str
    review: dict[str, str] | None

    @property
    def name(self) -> str:
        return str(self.application["company"]["legal_name"])

    @property
    def contact_email(self) -> str:
        return str(self.application["contact"]["email"])

    @property
    def named_emails(self) -> list[str]:
        """The people named by the contact."""
        return [str(person["email"]) for person in self.application.get("members", ())]


class _Open(Schema):
    """What the demo itself needs; the service checks the rest."""

    class Meta:
        unknown = EXCLUDE


class _Company(_Open):
    legal_name = fields.String(required=True)


class _Contact(_Open):
    email = fields.String(required=True)


class _Application(_Open):
    company = fields.Nested(_Company, required=True)
    contact = fields.Nested(_Contact, required=True)
    members = fields.List(fields.Nested(_Contact))


class _Review(Schema):
    decision = fields.String(required=True, validate=validate.OneOf(["approve", "reject"]))
    reason = fields.String(required=True)
    tier = fields.String(validate=validate.OneOf(["registered", "select", "premier"]))


class _Candidate(Schema):
    application = fields.Nested(_Application, required=True)
    outcome = fields.String(
        load_default="active", validate=validate.OneOf(["active", "in_review", "rejected", "offboarded"])
    )
    review = fields.Nested(_Review, load_default=None)


def read_partners(path: Path) -> list[Candidate]:
    """All candidates of a file. Raises PartnersFileError."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        checked = _Candidate(many=True).load(entries)
    except OSError as error:
        raise PartnersFileError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise PartnersFileError(f"{path}: {error}") from error
    except ValidationError as error:
        wrong = "\n".join(f"  {place}: {why}" for place, why in _wrong(error.messages))
        raise PartnersFileError(f"{path}:\n{wrong}") from error
    return [
        Candidate(entry["application"], facts["outcome"], facts["review"])
        for entry, facts in zip(entries, checked, strict=True)
    ]


def _wrong(messages: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """marshmallow's nested messages, each with its place in the file."""
    if not isinstance(messages, dict):
        yield place or "/", " ".join(messages)
        return
    for name, below in messages.items():
        yield from _wrong(below, place if name == "_schema" else f"{place}/{name}")
