"""Each package's wheel, alone in an empty environment: it holds its own code, imports it all, and starts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.packages import PACKAGES, Package

from local_stack.settings import REPOSITORY

PROGRAMS = Path(sys.executable).parent
# Migrations are run by alembic, a program by its caller, gunicorn's settings by gunicorn.
IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    if not module.name.endswith((".__main__", ".conf")) and ".migrations." not in module.name:
        importlib.import_module(module.name)
"""


ALL_COMMANDS = {command for package in PACKAGES for command in package.commands}


def run(*command: str | Path, **environ: str) -> str:
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of all packages."""
    folder = tmp_path_factory.mktemp("wheels")
    for package in PACKAGES:
        build = [PROGRAMS / "hatchling", "build", "--target", "wheel", "--directory", folder]
        subprocess.run(build, cwd=package.folder, check=True, capture_output=True)
    return folder


def wheel_of(package: Package, wheels: Path) -> Path:
    [wheel] = wheels.glob(f"{package.name.replace('-', '_')}-*.whl")
    return wheel


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty environment; always at the same place, so that what was compiled once need not be again."""
    folder = tmp_path_factory.getbasetemp() / "alone"
    run(PROGRAMS / "uv", "venv", "--quiet", "--clear", "--python", sys.executable, folder)
    yield folder / "bin"
    shutil.rmtree(folder)


def install(wheel: Path, programs: Path) -> None:
    """Install the wheel and what it declares, as pinned, from the cache of uv or else from the index."""
    pins = REPOSITORY / "requirements" / "dev.txt"
    command = [REPOSITORY / "requirements/install", "--find-links", wheel.parent, "--constraint", pins, wheel]
    into = {"INTO": str(programs / "python")}
    try:
        run(*command, **into, UV_OFFLINE="1")
    except AssertionError:
        run(*command, **into)


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_a_wheel_holds_its_own_package_only(package: Package, wheels: Path) -> None:
    with ZipFile(wheel_of(package, wheels)) as wheel:
        held = {name.split("/")[0] for name in wheel.namelist()}
    assert held == {package.module, f"{package.name.replace('-', '_')}-0.1.0.dist-info"}


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_a_wheel_works_alone(
    package: Package, wheels: Path, alone: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    install(wheel_of(package, wheels), alone)
    python = [alone / "python", "-I", "-X", f"pycache_prefix={tmp_path_factory.getbasetemp() / 'compiled'}"]
    run(*python, "-c", IMPORT_ALL, package.module)
    if package.is_program:
        assert "Usage:" in run(*python, "-m", package.module, "--help")
    if package.module == "consumer_kit":
        samples = tmp_path_factory.mktemp("samples")
        run(*python, "-m", "operator_cli", "consumer", "samples", samples)
        assert (samples / "partner.approved.v1.json").exists()
    if package.commands:
        told = run(*python, "-m", "operator_cli", "--help")
        listed = {line.split()[0] for line in told.splitlines() if line.startswith("  ")}
        assert listed & ALL_COMMANDS == offered_to(package)


def offered_to(package: Package) -> set[str]:
    """The subcommands of `gangway` where only this package and what it needs is installed."""
    here = {package}
    while needed := {one for one in PACKAGES if one not in here and any(one.name in p.needed for p in here)}:
        here |= needed
    return {command for one in here for command in one.commands}
