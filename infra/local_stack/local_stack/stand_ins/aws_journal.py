"""Makes moto persistent: each changing request is recorded, and repeated at the next start.

Two things make the repetition equal to the original. First, requests run one at a time, each with moto's
randomness seeded by a value in the journal (a read: by its content). So ids and account numbers are the same
again, and different in another journal: no account number is ever used twice. Second, the certificates of
IoT, which moto creates from another source, are recorded with the request.

A request is in the journal before it is answered, so whatever a client has seen survives SIGKILL. Dates are
those of the latest start.
"""

import base64
import hashlib
import io
import json
import os
import re
import secrets
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.moto_api._internal import mock_random
from werkzeug.test import run_wsgi_app

from local_stack.stand_ins.aws_certificates import Certificates

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

KEPT_KEYS = (
    "REQUEST_",
    "PATH_INFO",
    "QUERY_STRING",
    "SCRIPT_NAME",
    "CONTENT_",
    "HTTP_",
    "SERVER_",
    "RAW_URI",
)
READING_ACTION = re.compile(r"(^|[.=])(Describe|List|Get|BatchGet|Search|Lookup|Head)[A-Z]")


class JournaledApplication:
    """A WSGI application around moto that records each changing request in a journal file."""

    def __init__(self, application: Application, journal: Path, say: Callable[[str], None]) -> None:
        """Repeat everything in the journal, then open it for more."""
        self._application = application
        self._lock = threading.Lock()
        self._count = 0
        self._known_reads: set[str] = set()
        self._certificates = Certificates()
        journal.parent.mkdir(parents=True, exist_ok=True)
        journal.touch(mode=0o600)
        self._replay(journal, say)
        self._file = journal.open("a", encoding="utf-8")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; nothing else happens in moto meanwhile."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        kept = {
            key: value
            for key, value in environ.items()
            if key.startswith(KEPT_KEYS) and isinstance(value, str)
        }
        with self._lock:
            status, headers, answer, entry = self._run(environ, kept, body)
            if entry is not None:
                self._append(entry | {"status": status})
        start_response(status, headers)
        return [answer]

    def _run(
        self, environ: dict[str, Any], kept: dict[str, str], body: bytes
    ) -> tuple[str, list[tuple[str, str]], bytes, dict[str, Any] | None]:
        """Let moto answer; also return the journal entry, None for a read that changed nothing."""
        content = hashlib.sha256(f"{kept['REQUEST_METHOD']} {_target(kept)}".encode() + body).hexdigest()
        read = _is_read(kept, body)
        seed = content if read else secrets.token_hex(16)
        mock_random.seed(seed)
        untouched = mock_random.getstate()
        with self._certificates.recorded() as certificates:
            status, headers, answer = _call(self._application, {**environ, "wsgi.input": io.BytesIO(body)})
        if read and (mock_random.getstate() == untouched or content in self._known_reads):
            return status, headers, answer, None
        entry = {
            "read": content if read else None,
            "seed": seed,
            "environ": kept,
            "body": base64.b64encode(body).decode(),
            "certificates": certificates,
        }
        self._note(entry)
        return status, headers, answer, entry

    def _note(self, entry: dict[str, Any]) -> None:
        if entry["read"] is None:
            self._count += 1
        else:
            self._known_reads.add(entry["read"])

    def _append(self, entry: dict[str, Any]) -> None:
        """Write the entry through to the file, or end the process: an answer without it would be a lie."""
        try:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
        except OSError:
            os._exit(1)

    def _replay(self, journal: Path, say: Callable[[str], None]) -> None:
        differing = done = 0
        with journal.open("r+", encoding="utf-8") as lines:
            whole = 0
            while (line := lines.readline()).endswith("\n"):
                entry = json.loads(line)
                status = self._repeat(entry)
                done, differing = done + 1, differing + (status != entry["status"])
                whole = lines.tell()
            lines.truncate(whole)  # half a line is a request that was never answered
        say(f"AWS stand-in: {done} requests of earlier runs done again, {differing} with another outcome")

    def _repeat(self, entry: dict[str, Any]) -> str:
        body = base64.b64decode(entry["body"])
        environ = {
            **entry["environ"],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        # Older journals, without seeds, numbered their changes.
        mock_random.seed(entry.get("seed") or entry["read"] or f"change {self._count}")
        with self._certificates.given(entry["certificates"]):
            status, _, _ = _call(self._application, environ)
        self._note(entry)
        return status


def _target(kept: dict[str, str]) -> str:
    return " ".join(
        str(kept.get(key)) for key in ("HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_X_AMZ_TARGET")
    )


def _is_read(kept: dict[str, str], body: bytes) -> bool:
    """Whether a request only reads: by the name of its action, otherwise by its method."""
    if target := kept.get("HTTP_X_AMZ_TARGET"):
        return READING_ACTION.search(target) is not None
    if body.startswith(b"Action=") or b"&Action=" in body:
        action = re.search(rb"Action=(\w+)", body)
        return action is not None and READING_ACTION.search(action[1].decode()) is not None
    return kept["REQUEST_METHOD"] in ("GET", "HEAD", "OPTIONS")


def _call(application: Application, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Run a WSGI application to its end."""
    answer, status, headers = run_wsgi_app(application, environ, buffered=True)
    return status, headers.to_wsgi_list(), b"".join(answer)
