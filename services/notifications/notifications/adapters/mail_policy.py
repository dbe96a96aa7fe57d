"""How mail headers are written: like the standard library, except for addresses that must not be split."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import EmailPolicy
from functools import cache
from typing import Any

# Headers with one of a few values in all mails; others are personal, and are not cached.
_OF_ALL_MAILS = frozenset(
    {
        *("auto-submitted", "content-language", "content-transfer-encoding", "content-type", "from"),
        *("list-unsubscribe-post", "mime-version", "reply-to", "x-auto-response-suppress"),
    }
)


class WholeHeader(UnstructuredHeader, BaseHeader):
    """A header with one long address: an encoded word (RFC 2047) in it would break it (RFC 2369)."""

    def fold(self, *, policy: Any) -> str:
        """On one line, which may be 998 characters long (RFC 5322, 2.1.1)."""
        if not self.isascii() or len(self) > 970:
            raise ValueError(f"{self.name} cannot be written whole")
        return f"{self.name}: {self}{policy.linesep}"


class KeptHeaders(HeaderRegistry):
    """Caches, because the standard one makes a class for each header and parses each again."""

    @cache  # noqa: B019 - there is one registry
    def __getitem__(self, name: str) -> type[BaseHeader]:
        return super().__getitem__(name)

    def __call__(self, name: str, value: Any) -> BaseHeader:
        return self._kept(name, str(value)) if _is_kept(name, value) else super().__call__(name, value)

    @cache  # noqa: B019
    def _kept(self, name: str, value: str) -> BaseHeader:
        return super().__call__(name, value)


class KeptLines(EmailPolicy):
    """Caches, because breaking each header into lines again is a quarter of the cost of a mail."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if _is_kept(name, value):
            return _folded(name, value, is_utf8=self.utf8)
        return super().fold_binary(name, value)


@cache
def _folded(name: str, value: Any, *, is_utf8: bool) -> bytes:
    return EmailPolicy.fold_binary(MAIL_POLICY.clone(utf8=is_utf8), name, value)


def _is_kept(name: str, value: object) -> bool:
    return name.lower() in _OF_ALL_MAILS and "boundary" not in str(value)


_headers = KeptHeaders()
_headers.map_to_type("list-unsubscribe", WholeHeader)
MAIL_POLICY = KeptLines(linesep="\r\n", header_factory=_headers)
