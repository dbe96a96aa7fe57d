"""A Kafka record as it came: its bytes stay untouched wherever it is kept."""

import json
from collections.abc import Sequence
from typing import NamedTuple, Protocol

Headers = Sequence[tuple[str, bytes]]


class Record(Protocol):
    """What we need of a record; kafka-python's ConsumerRecord and `KeptRecord` both have it."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


class KeptRecord(NamedTuple):
    """A record read back from the database; ``timestamp`` in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def headers_to_json(headers: Headers) -> str:
    """Headers as JSON pairs; Latin-1 maps every byte to one character and back."""
    return json.dumps([[name, (value or b"").decode("latin-1")] for name, value in headers or ()])


def headers_from_json(pairs: Sequence[Sequence[str]]) -> Headers:
    """The inverse of `headers_to_json`, after JSON decoding."""
    return [(name, value.encode("latin-1")) for name, value in pairs]
