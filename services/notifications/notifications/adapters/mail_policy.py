"""How mail headers are written: as the standard library does, but for addresses that must stay whole."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP
from typing import Any


class WholeHeader(UnstructuredHeader, BaseHeader):
    """A header with one long address: an encoded word (RFC 2047) in it would break it (RFC 2369)."""

    def fold(self, *, policy: Any) -> str:
        """On one line, which may be 998 characters long (RFC 5322, 2.1.1)."""
        if not self.isascii() or len(self) > 970:
            raise ValueError(f"{self.name} cannot be written whole")
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", WholeHeader)
MAIL_POLICY = SMTP.clone(header_factory=_headers)
