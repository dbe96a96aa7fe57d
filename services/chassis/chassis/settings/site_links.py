"""What the foot of every page leads to, where the pages of several services are one site."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, Regexp

LANGUAGES = ("de", "en")


@dataclass(frozen=True)
class SiteLink:
    """One link, with its words by language."""

    url: str
    words: Mapping[str, str]


class _SiteLink(Schema):
    url = fields.String(required=True, validate=Regexp(r"/(?![/\\])[^\s\\]*\Z|https?://[^\s/][^\s]*\Z"))
    de = fields.String(required=True, validate=Length(1, 60))
    en = fields.String(required=True, validate=Length(1, 60))


def read_site_links(path: str) -> tuple[SiteLink, ...]:
    """In the order of the file. Raises ValueError saying what is wrong, OSError for what cannot be read."""
    try:
        read = _SiteLink(many=True).load(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise ValueError(f"is no list of links: {error}") from None
    return tuple(SiteLink(one["url"], {language: one[language] for language in LANGUAGES}) for one in read)
