"""Acts of operators that require a second person, and for how long they wait.

FOUR_EYES_ACTS    by their rows in roles.yaml without /v1 and ids: partners/approval,grants/force
FOUR_EYES_HOURS   hours (72) after which a proposal without confirmation is void
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml

from chassis.settings.reader import SettingsReader

VARIABLE = "FOUR_EYES_ACTS"
_ARGUMENT = re.compile(r"/\{[^}]+\}")


@dataclass(frozen=True)
class FourEyes:
    """Without acts nothing requires a second person."""

    acts: frozenset[str] = frozenset()
    lasting: timedelta = timedelta(hours=72)


def read_four_eyes(reader: SettingsReader, contracts: Path) -> FourEyes:
    """Read them; problems are collected by the reader. The setting may be the same for all services."""

    def parse(text: str) -> frozenset[str]:
        named = frozenset(name.strip() for name in text.split(",")) - {""}
        if unknown := named - _acts_of(contracts):
            raise ValueError(f"roles.yaml has no such act: {', '.join(sorted(unknown))}")
        return named

    acts = reader.parsed(VARIABLE, parse, frozenset[str]()) if contracts else frozenset[str]()
    return FourEyes(acts, reader.hours("FOUR_EYES_HOURS", 72))


def act_name(endpoint: str) -> str | None:
    """``partners/approval`` for ``POST /v1/partners/{partner_id}/approval``; None without a target."""
    method, path = endpoint.split(" ", 1)
    if method != "POST" or not path.startswith("/v1/") or "{" not in path:
        return None
    return _ARGUMENT.sub("", path.removeprefix("/v1/"))


def _acts_of(contracts: Path) -> frozenset[str]:
    """The acts of all services."""
    try:
        tables = yaml.safe_load((contracts / "roles.yaml").read_text(encoding="utf-8"))
        return frozenset(filter(None, (act_name(row) for table in tables.values() for row in table)))
    except (OSError, yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"roles.yaml cannot be read: {error}") from None
