"""Header names that are not UTF-8: a foreign record may have some, and must not stop a topic's readers.

Such names are none of ours; their bytes above 127 are read as question marks.
"""

from kafka.record.util import decode_varint

from chassis.messaging.kafka_internals import mend_unreadable_names

_MASK = bytes(range(128)) + b"?" * 128


def tolerate_header_names() -> None:
    """Let all consumers of this process read such records. Harmless when repeated."""
    mend_unreadable_names(_mask_names)


def _mask_names(buffer: bytearray, at: int) -> None:
    """Mask the names of the record that begins there, in place.

    https://kafka.apache.org/documentation/#recordheader
    """
    for _ in ("length", "attributes", "timestamp", "offset"):
        _, at = decode_varint(buffer, at)
    for _ in ("key", "value"):
        at = _behind(buffer, at)
    count, at = decode_varint(buffer, at)
    for _ in range(count):
        size, start = decode_varint(buffer, at)
        name = bytes(buffer[start : start + size])
        try:
            name.decode()
        except UnicodeDecodeError:
            buffer[start : start + size] = name.translate(_MASK)
        at = _behind(buffer, start + size)


def _behind(buffer: bytearray, at: int) -> int:
    size, start = decode_varint(buffer, at)
    return int(start) + max(int(size), 0)
