"""Texts, times and addresses in templates."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from chassis import clock
from chassis.http.languages import translate

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def word(kind: str, value: object) -> str:
    """The text for a value of an API; a value unknown to this console is shown as it is."""
    text = str(value)
    try:
        return translate(f"{kind}-{text.replace('_', '-')}")
    except LookupError:
        return text.replace("_", " ")


def moment(text: str | None) -> str:
    """A time of an API in UTC, to the minute."""
    found = _read(text)
    return found.strftime("%Y-%m-%d %H:%M") if found else ""


def utc(text: str) -> str | None:
    """A time as the services expect it, or None; a browser's input field is read as UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


def age(text: str | None) -> str:
    """How long ago that was, roughly."""
    found = _read(text)
    return _roughly(clock.now() - found) if found else ""


def left(text: str | None) -> str:
    """How long until then, roughly."""
    found = _read(text)
    return _roughly(found - clock.now()) if found else ""


def lasting(seconds: float | None) -> str:
    """A duration, roughly."""
    if seconds is None:
        return ""
    duration = timedelta(seconds=seconds)
    return _roughly(duration) if duration >= MINUTE else translate("age-seconds", count=round(seconds))


def _roughly(ago: timedelta) -> str:
    for unit, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if ago >= unit:
            return translate(f"age-{name}", count=ago // unit)
    return translate("age-now")


def whole_id(text: str) -> str | None:
    """A pasted id in its usual form; None for anything else."""
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return None


def plainly(value: Any) -> str:
    """Facts of any shape as one line of text."""
    if isinstance(value, Mapping):
        return " · ".join(f"{str(name).replace('_', ' ')}: {plainly(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(map(plainly, value))
    if isinstance(value, bool):
        return translate("yes" if value else "no")
    return "" if value is None else str(value)


def register_words(app: Flask) -> None:
    """For all templates."""
    app.jinja_env.filters.update(moment=moment, age=age, left=left, lasting=lasting, plainly=plainly)
    app.jinja_env.globals["word"] = word


def _read(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, TypeError, OverflowError):
        return None
