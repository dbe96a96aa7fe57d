"""How mail headers are written: as the standard library does, but for addresses that must stay whole."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP
from functools import cache
from typing import Any

# In every mail they have one of a few values; the others are a person's, and are not kept.
_OF_ALL_MAILS = frozenset({"auto-submitted", "content-transfer-encoding", "content-type", "mime-version"})


class WholeHeader(UnstructuredHeader, BaseHeader):
    """A header with one long address: an encoded word (RFC 2047) in it would break it (RFC 2369)."""

    def fold(self, *, policy: Any) -> str:
        """On one line, which may be 998 characters long (RFC 5322, 2.1.1)."""
        if not self.isascii() or len(self) > 970:
            raise ValueError(f"{self.name} cannot be written whole")
        return f"{self.name}: {self}{policy.linesep}"


class KeptHeaders(HeaderRegistry):
    """The standard one makes a class for each header and reads each anew, half of the cost of a mail."""

    @cache  # noqa: B019 - there is one registry
    def __getitem__(self, name: str) -> type[BaseHeader]:
        return super().__getitem__(name)

    def __call__(self, name: str, value: Any) -> BaseHeader:
        is_kept = name.lower() in _OF_ALL_MAILS and "boundary" not in value
        return self._kept(name, str(value)) if is_kept else super().__call__(name, value)

    @cache  # noqa: B019
    def _kept(self, name: str, value: str) -> BaseHeader:
        return super().__call__(name, value)


_headers = KeptHeaders()
_headers.map_to_type("list-unsubscribe", WholeHeader)
MAIL_POLICY = SMTP.clone(header_factory=_headers)
