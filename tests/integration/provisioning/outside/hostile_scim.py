"""A CRM's SCIM service over real HTTP that does what it may, what it must not, and what some do."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

JSON = dict[str, Any]
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_CLAUSE = re.compile(r'([\w.]+) eq ("(?:[^"\\]|\\.)*")')
_VALUE_PATH = re.compile(r'members\[value eq ("(?:[^"\\]|\\.)*")\]')


@dataclass(kw_only=True)
class Character:
    """How it is hostile."""

    config: JSON | None = None
    has_patch: bool = True
    filters: str = "kept"  # or "ignored", or "refused"
    has_search: bool = True
    page_size: int = 100
    starts_at: int = 1
    ignores_start: bool = False
    is_endless: bool = False
    counts: Callable[[int, int], int] = lambda total, _request: total
    ids: Callable[[int], Any] = lambda number: f"id-{number}"
    keeps: tuple[str, ...] = ("externalId", "userType")
    wants_version: bool = False
    keeps_deleted: bool = False
    lowers_names: bool = False
    makes_inactive: bool = False
    writes_words: bool = False
    lowers_keys: bool = False
    content_type: str = "application/scim+json"
    answers_creation_with: str = "all"  # or "id", or "nothing"
    refuses: Callable[[JSON], bool] = lambda user: False


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class HostileScim:
    """The service's state. ``before`` may answer a request in its place, ``after`` once it was done."""

    character: Character = field(default_factory=Character)
    users: dict[str, JSON] = field(default_factory=dict)
    groups: dict[str, JSON] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    before: Callable[[str, str], Answer | None] = lambda method, path: None
    after: Callable[[str, str], Answer | None] = lambda method, path: None
    url: str = ""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _made: int = 0

    def of(self, _product: str) -> dict[str, list[Any]]:
        """What stands in it, as the contract of the steps asks; what it kept of the deleted is gone."""
        users = [user for user in self.users.values() if user["active"] or not user.get("deleted")]
        return {
            "users": sorted((user["userName"], user["active"]) for user in users),
            "groups": sorted(group["displayName"] for group in self.groups.values()),
            "members": sorted(
                group["displayName"] for group in self.groups.values() for _ in group["members"]
            ),
        }

    def add(self, kind: str, **attributes: Any) -> JSON:
        with self._lock:
            self._made += 1
            rest = {"active": True} if kind == "Users" else {"members": []}
            made = {"id": self.character.ids(self._made), **rest, **attributes, "version": 1}
            self._all(kind)[str(made["id"])] = made
            return made

    def answer(self, method: str, target: str, headers: Any, body: JSON) -> Answer:
        url = urlsplit(target)
        path = [unquote(part) for part in url.path.strip("/").split("/")]
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        with self._lock:
            self.requests.append((method, target))
            return (
                self.before(method, target)
                or self._answer(method, path, query, headers, body)
                or self._error(404, "no such thing")
            )

    def _answer(self, method: str, path: list[str], query: JSON, headers: Any, body: JSON) -> Answer | None:
        if path == ["ServiceProviderConfig"] and self.character.config is not None:
            return self._said(200, self.character.config)
        if path[0] not in {"Users", "Groups"} or (method == "PATCH" and not self.character.has_patch):
            return self._error(405 if method == "PATCH" else 404, "no such way")
        return self._on(method, path[0], path[1:], query if method == "GET" else body, headers)

    def _on(self, method: str, kind: str, rest: list[str], asked: JSON, headers: Any) -> Answer | None:
        if rest == [".search"]:
            return self._listed(kind, asked) if self.character.has_search else self._error(405, "no search")
        if not rest:
            return self._listed(kind, asked) if method == "GET" else self._created(kind, asked)
        found = self._all(kind).get(rest[0])
        if found is None:
            return None
        stale = self._stale(found, headers.get("If-Match")) if method != "GET" else None
        return stale or self._on_one(method, kind, found, asked)

    def _stale(self, found: JSON, version: str | None) -> Answer | None:
        if not self.character.wants_version or version == f'W/"{found["version"]}"':
            return None
        return self._error(412, "another version") if version else self._error(428, "which version?")

    def _on_one(self, method: str, kind: str, found: JSON, body: JSON) -> Answer | None:
        if method == "GET":
            return self._said(200, self._shown(kind, found))
        if method == "DELETE":
            if self.character.keeps_deleted and kind == "Users":
                found |= {"active": False, "deleted": True}
            else:
                del self._all(kind)[str(found["id"])]
        elif method == "PUT":
            kept = {name: found[name] for name in ("id", "version")}
            found.clear()
            found.update(self._kept(kind, body) | kept)
        else:
            for operation in body["Operations"]:
                self._patch(kind, found, operation)
        found["version"] += 1
        return self._said(204, None)

    def _patch(self, kind: str, found: JSON, operation: JSON) -> None:
        path = operation["path"]
        if operation["op"] == "add":
            found["members"] += operation["value"]
        elif operation["op"] == "remove":
            match = _VALUE_PATH.fullmatch(path)
            assert match is not None, path
            value = json.loads(match[1])
            found["members"] = [one for one in found["members"] if str(one["value"]) != value]
        else:
            found.update(self._kept(kind, {path: operation["value"]}))

    def _kept(self, kind: str, body: JSON) -> JSON:
        forgotten = {"externalId", "userType"} - set(self.character.keeps) if kind == "Users" else set()
        return {name: value for name, value in body.items() if name not in {*forgotten, "schemas"}}

    def _created(self, kind: str, body: JSON) -> Answer:
        if kind == "Users":
            name = body["userName"].lower()
            if any(user["userName"].lower() == name for user in self.users.values()):
                return self._error(409, "taken", "uniqueness")
            if self.character.refuses(body):
                return self._error(400, f"{body['displayName']!r} has odd letters", "invalidValue")
        kept = self._kept(kind, body)
        if self.character.lowers_names and kind == "Users":
            kept["userName"] = kept["userName"].lower()
        if self.character.makes_inactive and kind == "Users":
            kept["active"] = False
        made = self.add(kind, **kept)
        shown = self._shown(kind, made)
        if self.character.answers_creation_with == "nothing":
            return self._said(201, None)
        return self._said(201, {"id": shown["id"]} if self.character.answers_creation_with == "id" else shown)

    def _listed(self, kind: str, query: JSON) -> Answer:
        wanted, every = query.get("filter"), list(self._all(kind).values())
        if wanted is not None and self.character.filters == "refused":
            return self._error(400, "no filters here", "invalidFilter")
        if wanted is not None and self.character.filters == "kept":
            every = [one for one in every if _fits(one, wanted)]
        start = 1 if self.character.ignores_start else int(query.get("startIndex", 1))
        first = max(start - 1 + self.character.starts_at - 1, 0)
        size = min(self.character.page_size, int(query.get("count", 100)))
        shown = [self._shown(kind, one) for one in every[first : first + size]]
        if self.character.is_endless:
            shown = [{"id": f"more-{len(self.requests)}", "userName": f"more-{len(self.requests)}@x.example"}]
        total = self.character.counts(len(every), len(self.requests))
        return self._said(200, {"schemas": [_LIST], "totalResults": total, "Resources": shown})

    def _shown(self, kind: str, one: JSON) -> JSON:
        shown = {name: value for name, value in one.items() if name not in {"version", "deleted"}}
        shown["meta"] = {"resourceType": kind[:-1], "version": f'W/"{one["version"]}"'}
        if self.character.writes_words and "active" in shown:
            shown["active"] = str(shown["active"])
        return shown

    def _all(self, kind: str) -> dict[str, JSON]:
        return self.users if kind == "Users" else self.groups

    def _error(self, status: int, detail: str, kind: str = "") -> Answer:
        return self._said(
            status, {"schemas": [_ERROR], "status": str(status), "detail": detail, "scimType": kind}
        )

    def _said(self, status: int, body: Any) -> Answer:
        if body is None:
            return status, {}, b""
        if self.character.lowers_keys:
            body = _lowered(body)
        return status, {"Content-Type": self.character.content_type}, json.dumps(body).encode()


def _lowered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.lower(): _lowered(one) for key, one in value.items()}
    return [_lowered(one) for one in value] if isinstance(value, list) else value


def _fits(one: JSON, wanted: str) -> bool:
    """Understands what we ask for: comparisons joined by "or", or by "and"."""
    clauses = [(path, json.loads(value)) for path, value in _CLAUSE.findall(wanted)]
    fitting = [_equals(one, path, value) for path, value in clauses]
    return all(fitting) if " and " in wanted else any(fitting)


def _equals(one: JSON, path: str, value: str) -> bool:
    name, _, part = path.partition(".")
    held = one.get(name)
    if part:
        return any(str(each.get(part)) == value for each in held or [])
    same = str(held) == value
    return same or (name in {"userName", "displayName"} and str(held).lower() == value.lower())


@contextmanager
def serving(answer: Callable[[str, str, Any, JSON], Answer]) -> Iterator[str]:
    """Serve on a port of its own until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for head and body: else each answer waits for an acknowledgement

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            text = self.rfile.read(length)
            is_json = "json" in (self.headers.get("Content-Type") or "")
            body = json.loads(text) if text and is_json else {"form": text.decode()}
            status, headers, content = answer(self.command, self.path, self.headers, body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Who did not wait for the whole answer is what these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
