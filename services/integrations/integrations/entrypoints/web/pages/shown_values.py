"""Values as the pages show them: moments, and JSON."""

import json
from datetime import UTC, datetime
from typing import Any

from babel.dates import format_datetime
from markupsafe import Markup

from chassis.http.languages import current_language

_FORMATS = {"de": "d. MMM y, HH:mm:ss", "en": "d MMM y, HH:mm:ss"}


def in_utc(moment: datetime | None) -> str:
    """To the second, in UTC, readable for people and for machines."""
    if moment is None:
        return "\N{EN DASH}"
    found, language = moment.astimezone(UTC), current_language()
    words = format_datetime(found, _FORMATS[language], locale=language)
    return Markup('<time datetime="{}">{} UTC</time>').format(found.isoformat(timespec="seconds"), words)


def in_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
