"""The folder of agreements: ``<version>/<language>.md``; the version with the highest name is in force."""

import re
from pathlib import Path

from onboarding.adapters.yaml_files import FileRefused
from onboarding.domain.agreements import Agreements, AgreementText
from onboarding.domain.vocabulary import Language

# Months, so that the order of names is the order of time; the pattern of the events allows more.
_VERSION = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?")


def read_agreements(folder: Path) -> Agreements:
    """All versions in all languages; raises FileRefused."""
    problems: list[str] = []
    versions = sorted(path.name for path in folder.iterdir() if path.is_dir())
    texts = {
        (version, language): text
        for version in versions
        for language in Language
        if (text := _read(folder, version, language, problems))
    }
    if not versions:
        problems.append("holds no version")
    problems += [
        f"{version}: not a version such as 2026-01" for version in versions if not _VERSION.fullmatch(version)
    ]
    if problems:
        raise FileRefused(folder, problems)
    return Agreements(texts, versions[-1])


def _read(folder: Path, version: str, language: Language, problems: list[str]) -> AgreementText | None:
    path = folder / version / f"{language}.md"
    try:
        markdown = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{version}/{path.name}: cannot be read: {error}")
        return None
    if not markdown.strip():
        problems.append(f"{version}/{path.name}: is empty")
        return None
    return AgreementText(version, language, markdown)
