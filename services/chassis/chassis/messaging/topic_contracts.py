"""The contracts of the topics, ``contracts/topics/*.yaml``: owner, consumers, key, retention, events."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def topic_contract(file: Path) -> Mapping[str, Any]:
    """Raises OSError and yaml.YAMLError."""
    contract: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return contract


def topic_contracts(folder: Path) -> list[Mapping[str, Any]]:
    """All of them, by the names of their files."""
    return [topic_contract(file) for file in sorted(folder.glob("*.yaml"))]
