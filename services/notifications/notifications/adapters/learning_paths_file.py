"""Reads the learning paths from their file, and names every wrong entry."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from marshmallow import fields, validate

from chassis.http.strict_fields import Choice, HttpsUrl, Name, StrictSchema, Whole
from chassis.settings.yaml_files import FileRefused, read_yaml
from chassis.translations import LANGUAGES
from notifications.domain.learning_paths import Audience, LearningPath, LearningPaths

PARTNER_TYPES = (
    *("reseller", "system_integrator", "software_vendor"),
    *("machine_builder", "consultancy", "training_provider"),
)
TIERS = ("registered", "select", "premier")


def _words(most: int) -> fields.Nested:
    """One text in every language."""
    texts: dict[str, fields.Field[Any]] = {language: Name(required=True, most=most) for language in LANGUAGES}
    return fields.Nested(StrictSchema.from_dict(texts, name=f"Words{most}"), required=True)


class PathSchema(StrictSchema):
    """One entry of the file."""

    path = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_-]{0,63}\Z"))
    title = _words(100)
    summary = _words(300)
    url = HttpsUrl(required=True)
    activity = HttpsUrl()
    hours = Whole(required=True, least=1, most=1000)
    link_days = Whole(required=True, least=1, most=365)
    # Provisioning decides which exist: packages and its catalogue add more.
    product = fields.String(validate=validate.Regexp(r"[a-z][a-z0-9_]{0,31}\Z"))
    partner_types = fields.List(Choice(PARTNER_TYPES), validate=validate.Length(min=1))
    tiers = fields.List(Choice(TIERS), validate=validate.Length(min=1))
    audience = Choice(Audience)


class PathsFileSchema(StrictSchema):
    """The whole file."""

    paths = fields.List(fields.Nested(PathSchema), required=True)


def read_learning_paths(file: Path) -> LearningPaths:
    """Raises FileRefused naming every wrong entry."""
    entries = read_yaml(file, PathsFileSchema())["paths"]
    repeated = [name for name, count in Counter(entry["path"] for entry in entries).items() if count > 1]
    if repeated:
        raise FileRefused(file, [f"path {name!r} is there more than once" for name in repeated])
    by_name = {entry["path"]: _path(entry) for entry in entries}
    return LearningPaths(by_name, hashlib.sha256(file.read_bytes()).hexdigest()[:12])


def _path(entry: Mapping[str, Any]) -> LearningPath:
    return LearningPath(
        name=entry["path"],
        title=entry["title"],
        summary=entry["summary"],
        url=entry["url"],
        activity=entry.get("activity", entry["url"]),
        hours=entry["hours"],
        link_lifetime=timedelta(days=entry["link_days"]),
        product=entry.get("product"),
        partner_types=frozenset(entry.get("partner_types", ())),
        tiers=frozenset(entry.get("tiers", ())),
        audience=Audience(entry.get("audience", Audience.EVERYONE)),
    )
