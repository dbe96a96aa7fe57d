"""JSON of outside systems, as our database can hold it."""

import json
from typing import Any

from chassis.failures import storable


def outside_json(content: bytes) -> Any:
    """What the bytes say, with NUL and halves of surrogate pairs spelled out: one odd name spoils no list.

    Raises ValueError for what is no JSON in UTF-8, RecursionError for what is nested too deep.
    """
    text = content.decode()
    found = json.loads(text)
    return _storable(found) if "\\u" in text else found


def _storable(found: Any) -> Any:
    if isinstance(found, str):
        return storable(found)
    if isinstance(found, list):
        return [_storable(each) for each in found]
    if isinstance(found, dict):
        return {storable(name): _storable(value) for name, value in found.items()}
    return found
