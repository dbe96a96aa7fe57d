"""Text of strangers on a terminal, where some signs steer instead of being shown."""

_JOINERS = frozenset("\u200c\u200d")  # part of some scripts and of emoji


def printable(text: str) -> str:
    """The text without signs that could steer a terminal; events may hold anything."""
    return "".join(sign if _is_harmless(sign) else _escaped(sign) for sign in text)


def _is_harmless(sign: str) -> bool:
    return sign.isprintable() or sign == "\n" or sign in _JOINERS


def _escaped(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) <= 0xFFFF else f"\\U{ord(sign):08x}"
