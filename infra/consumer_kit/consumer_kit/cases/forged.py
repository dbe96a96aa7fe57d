"""What Gangway never sends: a receiver that takes it takes orders from anybody. It wants a 4xx."""

import time
from base64 import b64decode
from collections.abc import Callable
from uuid import uuid4

from consumer_kit.cases.case import Case
from consumer_kit.cases.genuine import approved
from consumer_kit.sample_events import SampleEvent
from consumer_kit.trial import Trial
from consumer_kit.webhooks import Secret, SecretKind, Webhook, webhook_of

MANY = 20
Forge = Callable[[Trial, SampleEvent, Webhook], Webhook]


def _moved(seconds: int) -> Forge:
    """Genuine, but signed then: what somebody recorded, or a clock that is far off."""
    return lambda trial, event, _: trial.of(event, timestamp=str(int(time.time()) + seconds))


def _dated(text: str) -> Forge:
    return lambda trial, event, _: trial.of(event, timestamp=text)


def _having(**changes: str | bytes | None) -> Forge:
    return lambda _trial, _event, genuine: genuine.having(**changes)


def _signed(change: Callable[[str], str | bytes]) -> Forge:
    """With something else made of the genuine signature."""
    return lambda _trial, _event, genuine: genuine.having(
        webhook_signature=change(str(genuine.headers["webhook-signature"]))
    )


def _version_of(proof: str) -> str:
    return proof.partition(",")[0]


def _value_of(proof: str) -> str:
    return proof.partition(",")[2]


def _of_a_stranger(trial: Trial, event: SampleEvent, _: Webhook) -> Webhook:
    return webhook_of(event, trial.receiver.body, [Secret.draw(trial.receiver.secret.kind)])


def _with_another_body(trial: Trial, event: SampleEvent, genuine: Webhook) -> Webhook:
    return Webhook(genuine.headers, genuine.body.replace(b'"select"', b'"premier"'))


def _refusing(forgeries: dict[str, Forge]) -> Callable[[Trial], None]:
    def play(trial: Trial) -> None:
        for what, forge in forgeries.items():
            event = approved()
            trial.refuses(event, what, forge(trial, event, trial.of(event)))

    return play


def _many_then_genuine(trial: Trial) -> None:
    for _ in range(MANY):
        stranger = approved()
        trial.send(_of_a_stranger(trial, stranger, trial.of(stranger)))
    event = approved()
    if trial.takes(event, f"after {MANY} forged requests"):
        trial.has_effects(event, 1, f"after {MANY} forged requests")


def _forged_first(trial: Trial) -> None:
    event, what = approved(), "after a forged one with its id"
    trial.send(_of_a_stranger(trial, event, trial.of(event)))
    if trial.takes(event, what):
        trial.has_effects(event, 1, what)


def _odd_signatures(trial: Trial) -> None:
    _refusing(_ODD)(trial)
    if trial.receiver.secret.kind is SecretKind.ED25519:
        _refusing(_BY_PUBLIC_KEY)(trial)


def _keyed_with(key: Callable[[str], bytes]) -> Forge:
    """What everybody can make who knows the public key."""

    def forge(trial: Trial, event: SampleEvent, _: Webhook) -> Webhook:
        public = trial.receiver.secret.public_key or ""
        return webhook_of(event, trial.receiver.body, [Secret(key(public))])

    return forge


_ODD: dict[str, Forge] = {
    "without a version": _signed(_value_of),
    "of an unknown version": _signed(lambda proof: f"v9,{_value_of(proof)}"),
    "without a signature": _signed(lambda proof: f"{_version_of(proof)},"),
    "cut off": _signed(lambda proof: proof[: len(proof) // 2]),
    "with letters that base64 has not": _signed(lambda proof: f"{_version_of(proof)},Ünï¢ôdé".encode()),
    "with such letters, as long as ours": _signed(
        lambda proof: f"{_version_of(proof)},".encode() + b"\xe4" * len(_value_of(proof))
    ),
    "very long": _signed(lambda proof: f"{_version_of(proof)},{'A' * 4_000}"),
}
_BY_PUBLIC_KEY: dict[str, Forge] = {
    "HMAC with the public key": _keyed_with(lambda public: b64decode(public.partition("_")[2])),
    "HMAC with the text of the public key": _keyed_with(str.encode),
}

FORGED = (
    Case(
        "missing-headers",
        "Requests without the headers of Standard Webhooks",
        "What is not signed is from anybody. A crash is no refusal: it hides real trouble in your logs.",
        _refusing(
            {
                "no headers at all": _having(webhook_id=None, webhook_timestamp=None, webhook_signature=None),
                "no webhook-id": _having(webhook_id=None),
                "no webhook-timestamp": _having(webhook_timestamp=None),
                "no webhook-signature": _having(webhook_signature=None),
                "an empty webhook-signature": _having(webhook_signature=""),
            }
        ),
    ),
    Case(
        "bad-signatures",
        "Signatures that do not fit",
        "Whoever knows your address could make your systems believe anything.",
        _refusing(
            {
                "signed by another secret": _of_a_stranger,
                "another body": _with_another_body,
                "another webhook-id": lambda _trial, _event, it: it.having(webhook_id=str(uuid4())),
                "another timestamp": lambda _trial, _event, it: it.having(
                    webhook_timestamp=str(int(time.time()) - 1)
                ),
            }
        ),
    ),
    Case(
        "odd-signatures",
        "Signatures of a strange form",
        "Refuse what is no signature of a scheme that you know. Libraries raise more than their own error.",
        _odd_signatures,
    ),
    Case(
        "stale",
        "A genuine request of ten minutes and of a day ago",
        "Whoever recorded one request could send it again for ever.",
        _refusing({"ten minutes old": _moved(-600), "a day old": _moved(-86_400)}),
    ),
    Case(
        "future",
        "A request that was signed ten minutes from now",
        "It would stay fresh for as long as its date is ahead.",
        _refusing({"ten minutes ahead": _moved(600), "a year ahead": _moved(365 * 86_400)}),
    ),
    Case(
        "odd-timestamps",
        "Timestamps that are no number of seconds",
        "In some languages they compare as fresh (NaN), in others they crash.",
        _refusing({repr(text): _dated(text) for text in ("soon", "nan", "1e9999", "0x10", "-1", "9" * 40)}),
    ),
    Case(
        "still-alive",
        f"A genuine event after {MANY} forged ones",
        "Whoever knows your address must not be able to keep genuine events away by sending forged ones.",
        _many_then_genuine,
    ),
    Case(
        "forged-first",
        "A genuine event after a forged one with its id",
        "Verify before you remember webhook-id: else whoever guesses an id makes you drop the event.",
        _forged_first,
        is_about_effects=True,
    ),
)
