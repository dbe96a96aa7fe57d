"""The status page in words: products, identifiers, causes, times; provisioning may know more than we."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from babel.dates import format_timedelta

from chassis.http.languages import current_language, translate
from onboarding.domain.access import Cause, Grant

# Identifiers in the order in which people need them; others follow by name.
_ORDER = (
    "sign_in_url",
    "account_id",
    "role_arn",
    "workgroup",
    "database",
    "region",
    "group",
    "group_id",
    "user_count",
    "endpoint",
    "topic_root",
    "thing_name",
    "thing_group",
    "certificate_id",
)

_UNITS: tuple[tuple[Literal["day", "hour", "minute"], timedelta], ...] = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)
_NO_OTHER_UNIT = 10**9


def product_name(product: str) -> str:
    """The product in words; one that is new to us goes by its own name."""
    return worded(f"product-{product}".replace("_", "-")) or product.replace("_", " ")


def grant_name(grant: Grant) -> str:
    """The product in words, and which of several it is."""
    entry_name, product = grant.identifiers.get("entry_name"), product_name(grant.product)
    return f"{product} ({entry_name})" if entry_name else product


def identifiers(grant: Grant) -> Iterator[tuple[str, str]]:
    """Label and value of everything that was made."""
    for name in sorted(grant.identifiers.keys() - {"entry_name"}, key=lambda name: (_place(name), name)):
        yield worded(f"identifier-{name}") or name.replace("_", " "), grant.identifiers[name]


def next_step(grant: Grant) -> str | None:
    """How to begin with the product, once it is there."""
    return worded(f"begin-{grant.product}")


def cause_in_words(cause: Cause) -> str:
    """A sentence about what went wrong, by the code or the system that it begins with."""
    system = cause.code.partition("_")[0]
    return worded(f"cause-{cause.code}") or worded(f"cause-{system}") or translate("cause-other")


def retry_in_words(cause: Cause) -> str:
    """What happens about it."""
    if cause.will_retry and cause.retry_at:
        return translate("grant-retry-at", at=cause.retry_at)
    return translate("grant-retry") if cause.will_retry else translate("grant-stuck")


def left_in_words(left: timedelta) -> str:
    """The whole days, or the last hours or minutes, that are left; never more than there are."""
    unit, size = next((unit, size) for unit, size in _UNITS if left >= size or unit == "minute")
    return format_timedelta(
        left - left % size,
        granularity=unit,
        threshold=_NO_OTHER_UNIT,
        add_direction=True,
        locale=current_language(),
    )


def worded(name: str) -> str | None:
    """The message of that name, if there is one."""
    try:
        return translate(name)
    except LookupError:
        return None


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)
