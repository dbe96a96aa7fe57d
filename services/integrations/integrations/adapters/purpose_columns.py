"""The columns of a purpose."""

from collections.abc import Mapping
from typing import Any

from integrations.domain.consents import Purpose

NAMES = ("purpose_version", "purpose_de", "purpose_en")


def purpose_columns(purpose: Purpose) -> dict[str, Any]:
    return dict(zip(NAMES, (purpose.version, purpose.de, purpose.en), strict=True))


def purpose_of(row: Mapping[str, Any]) -> Purpose:
    version, de, en = (row[name] for name in NAMES)
    return Purpose(de=de, en=en, version=version)
