"""JSON of outside systems, in a form that our database can store."""

import json
from typing import Any

from chassis.failures import storable


def outside_json(content: bytes) -> Any:
    """Decode the JSON, with NUL and lone surrogates escaped, so that one odd name does not spoil a list.

    Raises ValueError unless it is JSON in UTF-8, RecursionError if it is nested too deeply.
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
