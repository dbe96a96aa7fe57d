"""JSON as people read it."""

import json
from typing import Any


def in_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
