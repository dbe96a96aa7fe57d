"""The packages of this repository, as their pyproject.toml files describe them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from local_stack.settings import REPOSITORY


@dataclass(frozen=True)
class Package:
    """One distribution: its name, the import package in it, and what it needs."""

    name: str
    module: str
    folder: Path
    dependencies: tuple[Requirement, ...]
    extras: tuple[Requirement, ...]
    commands: frozenset[str]

    def __str__(self) -> str:
        return self.name

    @property
    def needed(self) -> set[str]:
        """The distributions that it declares, those of its extras too."""
        return {canonicalize_name(one.name) for one in (*self.dependencies, *self.extras)}

    @property
    def is_program(self) -> bool:
        """Whether `python -m` runs it."""
        return (self.folder / self.module / "__main__.py").exists()


def _read(file: Path) -> Package:
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    project = told["project"]
    [module] = told["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    extras = [one for extra in project.get("optional-dependencies", {}).values() for one in extra]
    return Package(
        name=project["name"],
        module=module,
        folder=file.parent,
        dependencies=tuple(map(Requirement, project["dependencies"])),
        extras=tuple(map(Requirement, extras)),
        commands=frozenset(project.get("entry-points", {}).get("gangway.commands", {})),
    )


PACKAGES = tuple(map(_read, sorted(REPOSITORY.glob("*/*/pyproject.toml"))))
