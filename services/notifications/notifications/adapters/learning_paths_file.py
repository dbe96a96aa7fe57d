"""Read the learning paths from their file; every wrong entry is named before anything is refused."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, validate

from chassis.http.strict_fields import Choice, HttpsUrl, Name, StrictSchema, Whole
from chassis.translations import LANGUAGES
from notifications.domain.learning_paths import Audience, LearningPath, LearningPaths

PARTNER_TYPES = (
    *("reseller", "system_integrator", "software_vendor"),
    *("machine_builder", "consultancy", "training_provider"),
)
TIERS = ("registered", "select", "premier")


class LearningPathsWrong(ValueError):
    """The file cannot be used; ``problems`` names each wrong entry."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


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
    # Which there are is provisioning's to say: packages and its catalogue bring more.
    product = fields.String(validate=validate.Regexp(r"[a-z][a-z0-9_]{0,31}\Z"))
    partner_types = fields.List(Choice(PARTNER_TYPES), validate=validate.Length(min=1))
    tiers = fields.List(Choice(TIERS), validate=validate.Length(min=1))
    audience = Choice(tuple(Audience))


class PathsFileSchema(StrictSchema):
    """The whole file."""

    paths = fields.List(fields.Nested(PathSchema), required=True)


def read_learning_paths(file: Path) -> LearningPaths:
    """Raises LearningPathsWrong naming every wrong entry, OSError when there is no such file."""
    try:
        data = file.read_bytes()
        content = yaml.safe_load(data.decode())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LearningPathsWrong([f"{file.name} is no YAML: {' '.join(str(error).split())}"]) from error
    try:
        entries = _load(PathsFileSchema(), content)["paths"]
    except ValidationError as error:
        raise LearningPathsWrong(list(_told(error.messages, content, ()))) from error
    repeated = [name for name, count in Counter(entry["path"] for entry in entries).items() if count > 1]
    if repeated:
        raise LearningPathsWrong([f"path {name!r} is there more than once" for name in repeated])
    by_name = {entry["path"]: _path(entry) for entry in entries}
    return LearningPaths(by_name, hashlib.sha256(data).hexdigest()[:12])


def _load(schema: Schema, content: Any) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = schema.load(content if content is not None else {})
    return loaded


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


def _told(messages: Any, content: Any, where: tuple[str, ...]) -> Iterator[str]:
    """Marshmallow's tree of messages as lines; an entry of ``paths`` is called by its own name."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            part = _child(content, key)
            own_name = part.get("path") if isinstance(part, Mapping) else None
            called = f"#{key + 1} ({own_name})" if isinstance(key, int) and own_name else str(key)
            yield from _told(below, part, where if key == "_schema" else (*where, called))
    else:
        for message in messages:
            yield f"{'.'.join(where) or 'file'}: {message}"


def _child(content: Any, key: Any) -> Any:
    if isinstance(content, Mapping):
        return content.get(key)
    return content[key] if isinstance(content, list) and isinstance(key, int) else None
