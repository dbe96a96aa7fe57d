"""What make decides before it runs anything, in clones at odd places: its own dry run tells."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.settings import REPOSITORY

OUTER_MAKE = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "MAKELEVEL", "PYTHON")


@pytest.fixture(params=["plain", 'Jürgen\'s 100% "big" #1, $HOME'])
def clone(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A work tree in which everything is installed, as far as make can see."""
    clone = tmp_path / request.param
    shutil.copytree(REPOSITORY / "requirements", clone / "requirements")
    shutil.copy(REPOSITORY / "Makefile", clone)
    for project in REPOSITORY.glob("*/*/pyproject.toml"):
        target = clone / project.relative_to(REPOSITORY)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    installed = clone / ".venv" / "bin"
    installed.mkdir(parents=True)
    put_program(installed / "python", f'exec "{sys.executable}" "$@"')
    (clone / ".venv" / ".made-in").write_text(f"{clone.resolve()}\n")
    for stamp in ("bin/uv", ".run", ".dev"):
        (clone / ".venv" / stamp).touch()
    return clone


def put_program(path: Path, script: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


def planned(clone: Path, *arguments: str, **environ: str) -> str:
    """The commands that make would run."""
    mine = {name: value for name, value in os.environ.items() if name not in OUTER_MAKE}
    command = ["make", "--dry-run", "--no-print-directory", *arguments]
    done = subprocess.run(
        command, cwd=clone, env={**mine, **environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_installed_is_not_installed_again(clone: Path) -> None:
    assert planned(clone, "demo") == ".venv/bin/python -m operator_cli demo\n"


def test_what_is_meant_for_other_python_programs_does_not_reach_ours(clone: Path) -> None:
    foreign = ("PYTHONPATH", "PYTHONWARNINGS", "PYTHONOPTIMIZE")
    shown = " ".join(f"[${name}]" for name in foreign)
    put_program(clone / ".venv" / "bin" / "python", f'[ "$1" = -c ] || echo "{shown}"')
    mine = {name: value for name, value in os.environ.items() if name not in OUTER_MAKE}
    told = subprocess.check_output(["make", "demo"], cwd=clone, env={**mine, **dict.fromkeys(foreign, "x")})
    assert told == b"[] [] []\n"


def test_a_clone_that_was_moved_or_copied_gets_a_new_environment(clone: Path) -> None:
    copied = clone.with_name("copied")
    shutil.copytree(clone, copied, symlinks=True)
    plan = planned(copied, "demo")
    assert "-m venv --clear .venv" in plan
    assert "requirements/install --require-hashes -r requirements/stack.txt" in plan


def test_an_environment_whose_python_is_gone_is_made_anew(clone: Path) -> None:
    (clone / ".venv" / "bin" / "python").unlink()
    (clone / ".venv" / "bin" / "python").symlink_to("/usr/bin/python3.10-that-was-upgraded")
    assert "-m venv --clear .venv" in planned(clone, "demo")


def test_an_environment_of_another_python_is_made_anew(clone: Path) -> None:
    """After an upgrade of the machine the same link leads to a Python that looks for packages elsewhere."""
    put_program(clone / ".venv" / "bin" / "python", f'exec "{sys.executable}" -S "$@"')
    assert "-m venv --clear .venv" in planned(clone, "demo")


def test_what_a_killed_set_up_left_in_parts_is_installed_anew(clone: Path) -> None:
    """To uv and pip it counts as installed."""
    asked = clone / "asked"

    def install(*, is_killed: bool = False) -> list[str]:
        end = 'kill -9 "$PPID"' if is_killed else "exit 0"
        put_program(clone / ".venv" / "bin" / "uv", f'echo "$@" >"{asked.name}"; {end}')
        done = subprocess.run([clone / "requirements" / "install", "-r", "some.txt"], check=False)
        assert (done.returncode == 0) is not is_killed
        return asked.read_text().split()

    assert "--force-reinstall" not in install(is_killed=True)
    assert "--force-reinstall" in install(is_killed=True)
    assert "--force-reinstall" in install()
    assert "--force-reinstall" not in install()


def test_the_first_python_that_is_new_enough_is_taken(clone: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")  # too old
    (programs / "python3.12").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for program in programs.iterdir():
        program.chmod(0o700)
    shutil.rmtree(clone / ".venv")
    plan = planned(clone, "demo", PATH=f"{programs}:/nowhere:{os.environ['PATH']}")
    first = next(line for line in plan.splitlines() if "-m venv" in line)
    assert first.split(" -m venv")[0].split()[-1] in ("python3.14", "python3.13", "python3.12")
    assert planned(clone, "demo", "PYTHON=/opt/mine/python3.12").find("/opt/mine/python3.12 -m venv") >= 0
