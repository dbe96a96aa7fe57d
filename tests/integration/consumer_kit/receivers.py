"""A receiver that does everything right, and one for each thing that receivers really get wrong."""

import base64
import hashlib
import hmac
import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Semaphore, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from contract_tools import load_contracts
from contract_tools.validation import validator
from local_stack.settings import REPOSITORY

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwSw"
_KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
_CLOSED = {
    key: validator(event.schema) for key, event in load_contracts(REPOSITORY / "contracts").events.items()
}


class Refused(Exception):
    """With this status."""


class Receiver:
    """Does everything right; a method for each decision, so that a naive one decides otherwise."""

    tolerance = 300
    workers = 100

    def __init__(self) -> None:
        self.places = Semaphore(self.workers)
        self.effects: Counter[str] = Counter()
        self.stands_at: dict[str, int] = {}
        self.lock = Lock()

    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        try:
            self.authenticate(headers, body)
        except Refused as refused:
            return int(str(refused))
        event = self.read(headers, body)
        self.look(event)
        with self.lock:
            return self.take(headers["webhook-id"], event)

    def was_cut_off(self) -> None:
        """A request ended within its body."""

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        message, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not self.is_signed(self.due(message, sent_at, body), headers.get("webhook-signature", "")):
            raise Refused(401)
        if not self.is_fresh(sent_at):
            raise Refused(401)

    def due(self, message: str, sent_at: str, body: bytes) -> bytes:
        digest = hmac.digest(_KEY, f"{message}.{sent_at}.".encode() + body, hashlib.sha256)
        return b"v1," + base64.b64encode(digest)

    def is_signed(self, due: bytes, header: str) -> bool:
        return any(hmac.compare_digest(due, one.encode()) for one in header.split())

    def is_fresh(self, sent_at: str) -> bool:
        return sent_at.isdecimal() and abs(self.age(sent_at)) < self.tolerance

    def age(self, sent_at: str) -> float:
        return time.time() - int(sent_at)

    def read(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        if headers["content-type"].startswith("application/cloudevents+json"):
            structured: dict[str, Any] = json.loads(body)
            return structured
        attributes = {name[3:]: value for name, value in headers.items() if name.startswith("ce-")}
        return {**attributes, "data": json.loads(body)}

    def look(self, event: dict[str, Any]) -> None:
        """Whatever it wants to know of the event."""

    def take(self, message: str, event: dict[str, Any]) -> int:
        if not self.effects[message]:
            self.act(message, event)
        return 204

    def allowed(self, origin: str) -> str:
        return origin

    def act(self, message: str, event: dict[str, Any]) -> None:
        self.effects[message] += 1
        newest = max(self.stands_at.get(event["subject"], 0), int(event.get("sequence", 0)))
        self.stands_at[event["subject"]] = newest


class TakesWhatItKnows(Receiver):
    def look(self, event: dict[str, Any]) -> None:
        known = {"gangway.partner.approved.v1": 1}
        known[event["type"]]


class ChecksByTheClosedSchema(Receiver):
    def look(self, event: dict[str, Any]) -> None:
        _CLOSED[event["type"].removeprefix("gangway.")].validate(event["data"])


class WantsOptionalFields(Receiver):
    def look(self, event: dict[str, Any]) -> None:
        if event["type"] == "gangway.access.granted.v1":
            event["data"]["lease_ends_at"]


class SignsWhatItDecoded(Receiver):
    def due(self, message: str, sent_at: str, body: bytes) -> bytes:
        return super().due(message, sent_at, json.dumps(json.loads(body), separators=(",", ":")).encode())


class TakesTheTextAsKey(Receiver):
    def due(self, message: str, sent_at: str, body: bytes) -> bytes:
        digest = hmac.digest(SECRET.encode(), f"{message}.{sent_at}.".encode() + body, hashlib.sha256)
        return b"v1," + base64.b64encode(digest)


class LeavesOutTheTime(Receiver):
    def due(self, message: str, sent_at: str, body: bytes) -> bytes:
        digest = hmac.digest(_KEY, f"{message}.".encode() + body, hashlib.sha256)
        return b"v1," + base64.b64encode(digest)


class ReadsLatin1(Receiver):
    def due(self, message: str, sent_at: str, body: bytes) -> bytes:
        return super().due(message, sent_at, body.decode("latin-1").encode())


class WantsPlainJson(Receiver):
    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        return super().receive(headers, body) if headers["content-type"] == "application/json" else 415

    def read(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        structured: dict[str, Any] = json.loads(body)
        return structured


class HasALimit(Receiver):
    def read(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        assert len(body) < 100_000
        return super().read(headers, body)


class KnowsOneSignature(Receiver):
    def is_signed(self, due: bytes, header: str) -> bool:
        return hmac.compare_digest(due, header.encode())


class IsStrictAboutTime(Receiver):
    tolerance = 30


class WantsASequence(Receiver):
    def look(self, event: dict[str, Any]) -> None:
        event["sequence"]


class CallsDuplicatesAConflict(Receiver):
    def take(self, message: str, event: dict[str, Any]) -> int:
        return 409 if self.effects[message] else super().take(message, event)


class ForgetsWhatItSaw(Receiver):
    def take(self, message: str, event: dict[str, Any]) -> int:
        self.act(message, event)
        return 204


class RemembersTheLastFew(Receiver):
    def __init__(self) -> None:
        super().__init__()
        self.lately: deque[str] = deque(maxlen=20)

    def take(self, message: str, event: dict[str, Any]) -> int:
        if message not in self.lately:
            self.act(message, event)
        self.lately.append(message)
        return 204


class NumbersAllTopicsTogether(Receiver):
    """What is older than the newest of the partner is dropped, whatever topic it is of."""

    def take(self, message: str, event: dict[str, Any]) -> int:
        if int(event.get("sequence", 0)) > self.stands_at.get(event["subject"], 0):
            return super().take(message, event)
        return 204


class NumbersEachSource(Receiver):
    """Keeps the topics of one source in one line, as an event names its source and not its topic."""

    def __init__(self) -> None:
        super().__init__()
        self.newest: dict[tuple[str, str], int] = {}

    def take(self, message: str, event: dict[str, Any]) -> int:
        line, number = (event["source"], event["subject"]), int(event.get("sequence", 0))
        if number > self.newest.get(line, 0):
            self.newest[line] = number
            return super().take(message, event)
        return 204


class RemembersBeforeItVerifies(Receiver):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        message = headers.get("webhook-id", "")
        if message in self.seen:
            return 204
        self.seen.add(message)
        return super().receive(headers, body)


class ReadsTheTimeOfTheEvent(Receiver):
    def look(self, event: dict[str, Any]) -> None:
        happened = datetime.fromisoformat(event["time"])
        assert abs(time.time() - happened.timestamp()) < self.tolerance


class CountsMilliseconds(Receiver):
    def age(self, sent_at: str) -> float:
        return time.time() - int(sent_at) / 1000


class ComparesTheContentType(Receiver):
    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        is_it = headers["content-type"] == "application/cloudevents+json"
        return super().receive(headers, body) if is_it else 415


class LooksBeforeItActs(Receiver):
    """In two steps, which others come between."""

    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        message = headers["webhook-id"]
        if not self.effects[message]:
            time.sleep(0.1)
            self.act(message, self.read(headers, body))
        return 204


class LetsTheLastOneWin(Receiver):
    def act(self, message: str, event: dict[str, Any]) -> None:
        super().act(message, event)
        self.stands_at[event["subject"]] = int(event.get("sequence", 0))


class WaitsForTheNextNumber(Receiver):
    def take(self, message: str, event: dict[str, Any]) -> int:
        expected = self.stands_at.get(event["subject"], int(event["sequence"]) - 1) + 1
        return super().take(message, event) if int(event["sequence"]) == expected else 503


class NeedsAllHeaders(Receiver):
    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        super().authenticate({name: headers[name] for name in names}, body)


class TrustsEverybody(Receiver):
    def is_signed(self, due: bytes, header: str) -> bool:
        return True


class ComparesText(Receiver):
    def is_signed(self, due: bytes, header: str) -> bool:
        return any(hmac.compare_digest(due.decode(), one) for one in header.split())


class ComparesBeginnings(Receiver):
    def is_signed(self, due: bytes, header: str) -> bool:
        return any(due.startswith(one.encode()) for one in header.split())


class HasNoClock(Receiver):
    def is_fresh(self, sent_at: str) -> bool:
        return True


class LooksBackOnly(Receiver):
    def is_fresh(self, sent_at: str) -> bool:
        return sent_at.isdecimal() and self.age(sent_at) < self.tolerance


class ReadsAnyNumber(Receiver):
    def is_fresh(self, sent_at: str) -> bool:
        return abs(time.time() - float(sent_at)) < self.tolerance


class TrustsNaN(Receiver):
    def is_fresh(self, sent_at: str) -> bool:
        try:
            return not abs(time.time() - float(sent_at)) > self.tolerance
        except ValueError:
            return False


class LocksOut(Receiver):
    def __init__(self) -> None:
        super().__init__()
        self.forged = 0

    def is_signed(self, due: bytes, header: str) -> bool:
        is_signed = super().is_signed(due, header)
        self.forged += not is_signed
        return is_signed and self.forged < 10


class WantsAnother(Receiver):
    def allowed(self, origin: str) -> str:
        return "hooks.example"


class MovedAway(Receiver):
    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        return 301


class ServesOneByOne(Receiver):
    workers = 1


class DiesOfAnError(Receiver):
    def was_cut_off(self) -> None:
        self.places = Semaphore(0)


@contextmanager
def serving(receiver: Receiver, *, closes_late: bool = False) -> Iterator[str]:
    """Its address; the probe is at `/probe`. What fails in it is answered with 500.

    One that ``closes_late`` closes a connection when it is used again.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle(self) -> None:
            if closes_late:
                self.handle_one_request()
                self.connection.recv(1)
            else:
                super().handle()

        def do_POST(self) -> None:
            places = receiver.places
            if not places.acquire(blocking=False):
                self.close_connection = True
                self._answer(503)
                return
            try:
                self._receive()
            finally:
                places.release()

        def _receive(self) -> None:
            promised = int(self.headers["content-length"])
            body = self.rfile.read(promised)
            if len(body) < promised:
                receiver.was_cut_off()
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(_or_500(lambda: receiver.receive(headers, body)))

        def do_OPTIONS(self) -> None:
            self.send_response(204)
            self.send_header(
                "WebHook-Allowed-Origin", receiver.allowed(self.headers["WebHook-Request-Origin"])
            )
            self.end_headers()

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            with receiver.lock:
                told = {
                    "effects": receiver.effects[asked["id"][0]],
                    "sequence": receiver.stands_at.get(asked["partner"][0]),
                }
            self._answer(200, json.dumps(told).encode())

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _or_500(receive: Callable[[], int]) -> int:
    try:
        return receive()
    except Exception:
        return 500
