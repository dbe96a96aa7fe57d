"""Our own PostgreSQL: data outlives it, each role reaches its own database only, nothing outlives us."""

import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from local_stack import postgres as local_postgres
from local_stack.machine.ports import find_free_port
from local_stack.machine.running import await_end
from local_stack.postgres import CannotRunThere, LocalPostgres


def server_in(folder: Path) -> LocalPostgres:
    return LocalPostgres(folder, find_free_port(), "secret", throwaway=True)


def test_data_outlives_a_restart(tmp_path: Path) -> None:
    server = server_in(tmp_path)
    server.start()
    with psycopg.connect(server.ensure_database("shop", "owner", "one")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()
    server.start()
    try:
        with psycopg.connect(server.ensure_database("shop", "owner", "two")) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    finally:
        server.stop()


def test_a_role_reaches_its_own_database_only(postgres: LocalPostgres) -> None:
    first, second = (f"role_{secrets.token_hex(4)}" for _ in range(2))
    postgres.ensure_database(first, first, "secret")
    postgres.ensure_database(second, second, "secret")
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(postgres.url(first, second, "secret"))
        for shared in ("postgres", "template1"):
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(postgres.url(shared, first, "secret"))
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(postgres.url(first, first, "wrong"))
    finally:
        postgres.drop_database(first)
        postgres.drop_database(second)


def test_the_server_dies_with_whoever_started_it(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from local_stack.postgres import CannotRunThere, LocalPostgres;"
        f"server = LocalPostgres(pathlib.Path(sys.argv[1]), {find_free_port()}, 'secret', throwaway=True);"
        "server.start(); print((server.data / 'postmaster.pid').read_text().split()[0], flush=True); input()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with starter:
        assert starter.stdout is not None
        server = psutil.Process(int(starter.stdout.readline()))
        starter.send_signal(signal.SIGKILL)
        assert not await_end([server], 10)


def test_it_runs_in_folders_that_only_their_owner_may_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a clone in /root is: programs and data lie in a chain of closed folders."""
    closed = tmp_path / "root" / 'Jürgen\'s 100% "big" $HOME, it'
    closed.mkdir(parents=True)
    for folder in (closed.parent, closed):
        folder.chmod(0o700)
    programs = local_postgres._program("postgres").parents[1]
    (closed / "pginstall").symlink_to(programs)
    monkeypatch.setattr(local_postgres, "_program", lambda name: closed / "pginstall" / "bin" / name)
    server = server_in(closed / "postgres")
    server.start()
    try:
        assert server.is_ready()
        assert (server.data / "PG_VERSION").stat().st_uid == (os.getuid() or server.runner.uid)
    finally:
        server.stop()


@pytest.mark.parametrize("sign", ["$", "`", '"', "\\"])
def test_a_folder_that_initdb_cannot_bear_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    monkeypatch.setattr(local_postgres, "_program", lambda name: tmp_path / f"a{sign}b" / name)
    with pytest.raises(CannotRunThere, match="Move this work tree"):
        server_in(tmp_path / "postgres")


def test_a_user_without_a_name_is_told_before_initdb_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_known(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(local_postgres.pwd, "getpwuid", nobody_known)
    with pytest.raises(CannotRunThere, match="has no name here"):
        server_in(tmp_path / "postgres")
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "PG_VERSION").touch()
    server_in(tmp_path / "postgres")  # which initdb has made already
