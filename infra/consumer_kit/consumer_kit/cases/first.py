"""Whether anything genuine is taken at all; where nothing is, what would be taken says what is wrong."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable

from consumer_kit.cases.case import Case
from consumer_kit.cases.genuine import approved
from consumer_kit.sample_events import SampleEvent, sample_events
from consumer_kit.trial import Trial, is_taken, told
from consumer_kit.webhooks import BodyKind, Secret, SecretKind, Webhook, webhook_of

Signed = Callable[[Secret, str, bytes], str]


def _compact(body: bytes, *, is_ascii: bool) -> bytes:
    return json.dumps(json.loads(body), ensure_ascii=is_ascii, separators=(",", ":")).encode()


def _with_key_of(part: Callable[[str], str]) -> Signed:
    return lambda secret, start, body: Secret(part(str(secret)).encode()).proof(start.encode() + body)


def _without(kept: Callable[[str], str]) -> Signed:
    """``start`` is id and timestamp, each with its dot."""
    return lambda secret, start, body: secret.proof(kept(start).encode() + body)


def _of(rewritten: Callable[[bytes], bytes]) -> Signed:
    return lambda secret, start, body: secret.proof(start.encode() + rewritten(body))


def _in_hex(secret: Secret, start: str, body: bytes) -> str:
    return f"v1,{hmac.new(secret.key, start.encode() + body, hashlib.sha256).hexdigest()}"


def _by_sha512(secret: Secret, start: str, body: bytes) -> str:
    return f"v1,{b64encode(hmac.digest(secret.key, start.encode() + body, hashlib.sha512)).decode()}"


_KEY = "a signature with the text of the secret as key: the key is the base64 behind whsec_, decoded"
_REWRITTEN = "a signature over the body as a library writes it anew: verify the bytes that came, then parse"
_CHARSET = "a signature over the body in another character set: verify the bytes that came"
_MISTAKES: tuple[tuple[str, Signed], ...] = (
    (_KEY, _with_key_of(str)),
    (_KEY, _with_key_of(lambda text: text.partition("_")[2])),
    (
        "a signature over the body alone: signed is `id.timestamp.body`",
        _without(lambda _: ""),
    ),
    ("a signature without webhook-timestamp in it", _without(lambda start: f"{start.split('.')[0]}.")),
    ("a signature without webhook-id in it", _without(lambda start: start.partition(".")[2])),
    (_REWRITTEN, _of(lambda body: json.dumps(json.loads(body)).encode())),
    (_REWRITTEN, _of(lambda body: json.dumps(json.loads(body), ensure_ascii=False).encode())),
    (_REWRITTEN, _of(lambda body: _compact(body, is_ascii=True))),
    (_REWRITTEN, _of(lambda body: json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode())),
    (_CHARSET, _of(lambda body: body.decode("latin-1").encode())),
    (_CHARSET, _of(lambda body: body.decode("ascii", "ignore").encode())),
    (_CHARSET, _of(lambda body: body.decode("ascii", "replace").encode())),
    ("a signature in hexadecimal digits: they are base64", _in_hex),
    ("a signature by SHA-512: it is HMAC-SHA256", _by_sha512),
)

_CONTENT_TYPES = {
    "application/cloudevents+json": "the content type without its charset: read what stands before the `;`",
    "application/json": "the content type application/json alone: structured events have"
    " application/cloudevents+json",
}


def _as_others_sign(trial: Trial, signed: Signed) -> Webhook:
    genuine = trial.of(approved())
    message, moment = (str(genuine.headers[f"webhook-{name}"]) for name in ("id", "timestamp"))
    proof = signed(trial.receiver.secret, f"{message}.{moment}.", genuine.body)
    return genuine.having(webhook_signature=proof)


def _as_the_other_body(trial: Trial) -> Webhook:
    other = next(kind for kind in BodyKind if kind is not trial.receiver.body)
    return webhook_of(approved(), other, [trial.receiver.secret])


def _what_would_be_taken(trial: Trial) -> str | None:
    mistakes = _MISTAKES if trial.receiver.secret.kind is SecretKind.HMAC else _MISTAKES[2:-2]
    for what, signed in mistakes:
        if is_taken(trial.send(_as_others_sign(trial, signed))):
            return what
    if is_taken(trial.send(_as_the_other_body(trial))):
        return "the other kind of body: change `body` of the endpoint, or give --body"
    for content_type, cause in _CONTENT_TYPES.items():
        if is_taken(trial.send(trial.of(approved()).having(content_type=content_type))):
            return cause
    if is_taken(trial.send(trial.of(approved(), timestamp=str(time.time_ns() // 1_000_000)))):
        return "a webhook-timestamp in milliseconds: it is in seconds"
    return None


def _one_of_each_topic() -> list[SampleEvent]:
    return list({event.topic: event for event in sample_events()}.values())


def _is_read(trial: Trial) -> None:
    """An event with letters beyond ASCII; where that is refused, others, lest it was for its type."""
    answer = trial.send(trial.of(approved()))
    if is_taken(answer):
        return
    has_status = isinstance(answer, int) and not 300 <= answer < 400
    cause = _what_would_be_taken(trial) if has_status else None
    if cause:
        trial.wrong.append(f"{told(answer)}; it takes {cause}")
    elif not has_status or not any(is_taken(trial.send(trial.of(one))) for one in _one_of_each_topic()):
        trial.wrong.append(f"no event of ours is taken: {told(answer)}")


FIRST: tuple[Case, ...] = (
    Case(
        "anything",
        "Whether what we send is read at all",
        "Usually the secret is another one, or something else than id.timestamp.body is verified.",
        _is_read,
    ),
)
