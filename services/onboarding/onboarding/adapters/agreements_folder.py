"""The folder of agreements: ``<version>/<language>.md``."""

from pathlib import Path

from chassis.settings.yaml_files import FileRefused
from onboarding.domain.agreements import Agreements, AgreementText, is_version
from onboarding.domain.vocabulary import Language


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
        f"{version}: not a version such as 2026-01" for version in versions if not is_version(version)
    ]
    if problems:
        raise FileRefused(folder, problems)
    return Agreements(texts)


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
