"""The versions of the agreement, and the proof of who accepted which."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from chassis.frozen import Frozen
from onboarding.domain.refusals import AgreementOutdated
from onboarding.domain.vocabulary import Language

# The pattern in the event contracts is wider.
_VERSION = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?", re.ASCII)


def is_version(name: str) -> bool:
    """Whether it is a date such as 2026-01; versions are ordered by date."""
    return bool(_VERSION.fullmatch(name))


@dataclass(frozen=True)
class AgreementText:
    """One version in one language, as it is shown."""

    version: str
    language: Language
    markdown: str

    @property
    def sha256(self) -> str:
        """Proves later which text was accepted."""
        return sha256(self.markdown.encode()).hexdigest()


@dataclass(frozen=True)
class Agreements:
    """All versions ever published, each in all languages; the newest is in force."""

    texts: Mapping[tuple[str, Language], AgreementText]

    @cached_property
    def current_version(self) -> str:
        """The version in force; versions are dates, so that the order of names is that of time."""
        return max(version for version, _ in self.texts)

    def current(self, language: Language) -> AgreementText:
        """The text in force."""
        return self.texts[self.current_version, language]

    def accepted(self, acceptance: "Acceptance | None") -> AgreementText | None:
        """The exact text that was accepted; None if none was, or the file has changed since."""
        if acceptance is None:
            return None
        text = self.texts.get((acceptance.version, acceptance.language))
        return text if text and text.sha256 == acceptance.text_sha256 else None

    def in_force(self, version: str, language: Language) -> AgreementText:
        """The text of ``version``; raises AgreementOutdated if another one is in force."""
        if version != self.current_version:
            raise AgreementOutdated(version, self.current_version)
        return self.current(language)


class Acceptance(Frozen):
    """Who accepted which text, and when."""

    version: str
    language: Language
    text_sha256: str
    accepted_by: UUID
    accepted_at: datetime
