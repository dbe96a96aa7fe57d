"""What marshmallow says about wrong values, as a list of places and sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

Place = tuple[Any, ...]


def leaves(messages: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Each sentence with its way down; what is said of a whole object stands at the object itself."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from leaves(below, place if key == "_schema" else (*place, key))
    elif isinstance(messages, str):
        yield place, messages
    else:
        for message in messages:
            yield from leaves(message, place)
