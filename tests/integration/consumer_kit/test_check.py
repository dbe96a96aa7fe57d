"""What the kit finds: nothing in a receiver that is right, and in each naive one what it gets wrong."""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from cloudevents.core.bindings.http import HTTPMessage, from_http
from cloudevents.core.formats.json import JSONFormat
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook as Judge
from tests.integration.consumer_kit import receivers
from tests.integration.consumer_kit.receivers import SECRET, Receiver, serving

from chassis.events import ReceivedEvent
from consumer_kit.cases import CASES
from consumer_kit.cases.case import Verdict
from consumer_kit.consumer_command import consumer
from consumer_kit.sample_events import sample_events
from consumer_kit.trial import Receiver as OnTrial
from consumer_kit.trial import on_trial
from consumer_kit.webhooks import BodyKind, Secret, SecretKind, webhook_of
from contract_tools import Contracts, load_contracts
from contract_tools.validation import validator
from integrations.adapters.cloud_events import (
    STRUCTURED_TYPE,
    as_json,
    attributes_of,
    binary,
    structured,
)
from local_stack.machine.ports import find_free_port
from local_stack.settings import REPOSITORY

# Which case finds whom; each case finds somebody.
FOUND_BY: dict[str, list[type[Receiver]]] = {
    "anything": [
        receivers.TakesTheTextAsKey,
        receivers.LeavesOutTheTime,
        receivers.ReadsLatin1,
        receivers.WantsPlainJson,
        receivers.CountsMilliseconds,
        receivers.ComparesTheContentType,
    ],
    "every-event": [receivers.TakesWhatItKnows, receivers.MovedAway],
    "old-versions": [receivers.TakesWhatItKnows],
    "no-personal-fields": [receivers.ChecksByTheClosedSchema],
    "required-fields-only": [receivers.WantsOptionalFields],
    "unknown-fields": [receivers.ChecksByTheClosedSchema],
    "grown-values": [receivers.ChecksByTheClosedSchema],
    "unknown-types": [receivers.TakesWhatItKnows],
    "odd-scripts": [receivers.SignsWhatItDecoded],
    "big": [receivers.HasALimit],
    "several-signatures": [receivers.KnowsOneSignature],
    "clocks-differ": [receivers.IsStrictAboutTime],
    "late": [receivers.ReadsTheTimeOfTheEvent],
    "test-event": [receivers.WantsASequence],
    "duplicates": [
        receivers.CallsDuplicatesAConflict,
        receivers.ForgetsWhatItSaw,
        receivers.RemembersTheLastFew,
    ],
    "duplicates-at-once": [receivers.LooksBeforeItActs],
    "out-of-order": [receivers.LetsTheLastOneWin, receivers.WaitsForTheNextNumber],
    "two-topics": [receivers.NumbersAllTopicsTogether, receivers.NumbersEachSource],
    "holes": [receivers.WaitsForTheNextNumber],
    "missing-headers": [receivers.NeedsAllHeaders],
    "bad-signatures": [receivers.TrustsEverybody],
    "odd-signatures": [receivers.ComparesText, receivers.ComparesBeginnings],
    "stale": [receivers.HasNoClock],
    "future": [receivers.LooksBackOnly],
    "odd-timestamps": [receivers.ReadsAnyNumber, receivers.TrustsNaN],
    "still-alive": [receivers.LocksOut],
    "forged-first": [receivers.RemembersBeforeItVerifies],
    "cut-off": [receivers.DiesOfAnError],
    "stalled": [receivers.ServesOneByOne],
    "agreement": [receivers.WantsAnother],
}
BY_NAME = {case.name: case for case in CASES}


def on(url: str, *, body: BodyKind = BodyKind.STRUCTURED) -> OnTrial:
    return OnTrial(url=url, secret=Secret.read(SECRET), body=body, probe=f"{url}/probe")


@pytest.fixture(scope="module")
def right() -> Iterator[str]:
    with serving(Receiver()) as url:
        yield url


@pytest.mark.parametrize("body", list(BodyKind))
def test_nothing_is_found_where_all_is_right(right: str, body: BodyKind) -> None:
    with on_trial(on(right, body=body)) as trial:
        for case in CASES:
            outcome = case.tried_on(trial)
            assert (outcome.verdict, outcome.wrong, outcome.unseen) == (Verdict.RIGHT, (), ()), case.name


def test_a_connection_that_is_closed_when_it_is_used_again_is_held_against_nobody() -> None:
    with serving(Receiver(), closes_late=True) as url, on_trial(on(url)) as trial:
        for case in ("every-event", "duplicates", "stale"):
            assert BY_NAME[case].tried_on(trial).wrong == (), case


def test_each_case_finds_somebody() -> None:
    assert FOUND_BY.keys() == BY_NAME.keys()
    naive = {
        kind for kind in vars(receivers).values() if isinstance(kind, type) and Receiver in kind.mro()[1:]
    }
    assert naive == set(chain(*FOUND_BY.values()))


@pytest.mark.parametrize(
    ("case", "naive"),
    [(case, kind) for case, found in FOUND_BY.items() for kind in found],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_a_naive_receiver_is_found(case: str, naive: type[Receiver]) -> None:
    with serving(naive()) as url, on_trial(on(url)) as trial:
        outcome = BY_NAME[case].tried_on(trial)
    assert outcome.verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("naive", "cause"),
    [
        (
            receivers.TakesTheTextAsKey,
            "it takes a signature with the text of the secret as key",
        ),
        (receivers.LeavesOutTheTime, "it takes a signature without webhook-timestamp in it"),
        (
            receivers.SignsWhatItDecoded,
            "it takes a signature over the body as a library writes",
        ),
        (receivers.ReadsLatin1, "it takes a signature over the body in another character set"),
        (receivers.WantsPlainJson, "it takes the content type application/json alone"),
        (receivers.ComparesTheContentType, "it takes the content type without its charset"),
        (receivers.CountsMilliseconds, "it takes a webhook-timestamp in milliseconds"),
        (receivers.MovedAway, "no event of ours is taken: answered 301; redirects are not followed"),
    ],
    ids=lambda one: None if isinstance(one, str) else one.__name__,
)
def test_where_nothing_is_taken_the_cause_is_named_once(naive: type[Receiver], cause: str) -> None:
    with serving(naive()) as url:
        told = run("check", url)
    assert (told.exit_code, told.stdout.count("WRONG "), cause in told.stdout) == (1, 1, True)
    assert "The other cases were not tried." in told.stdout


def test_who_takes_only_some_types_is_tried_on() -> None:
    with serving(receivers.TakesWhatItKnows()) as url, on_trial(on(url)) as trial:
        assert BY_NAME["anything"].tried_on(trial).verdict is Verdict.RIGHT


class VerifiesEd25519(Receiver):
    """With the public key that an endpoint of the kind ed25519 shows."""

    def __init__(self, public_key: str) -> None:
        super().__init__()
        raw = b64decode(public_key.removeprefix("whpk_"), validate=True)
        self.key = Ed25519PublicKey.from_public_bytes(raw)

    def due(self, message: str, sent_at: str, body: bytes) -> bytes:
        return f"{message}.{sent_at}.".encode() + body

    def is_signed(self, due: bytes, header: str) -> bool:
        return any(self._fits(due, *one.partition(",")) for one in header.split())

    def _fits(self, due: bytes, version: str, _comma: str, proof: str) -> bool:
        try:
            self.key.verify(b64decode(proof, validate=True), due)
        except (ValueError, InvalidSignature):
            return False
        return version == "v1a"


def test_nothing_is_found_where_ed25519_is_verified() -> None:
    drawn = CliRunner().invoke(consumer, ["secret", "--kind", "ed25519"])
    secret, told = Secret.read(drawn.stdout.strip()), drawn.stderr.split()[-1]
    with serving(VerifiesEd25519(told)) as url, on_trial(replace(on(url), secret=secret)) as trial:
        wrong = {case.name: case.tried_on(trial).wrong for case in CASES}
    assert {name: one for name, one in wrong.items() if one} == {}
    with serving(Receiver()) as url, on_trial(replace(on(url), secret=secret)) as trial:
        assert BY_NAME["anything"].tried_on(trial).wrong == ("no event of ours is taken: answered 401",)


class TakesThePublicKeyAsSecret(VerifiesEd25519):
    """Whatever scheme the signature says; the key is known to everybody."""

    def is_signed(self, due: bytes, header: str) -> bool:
        as_secret = Secret(self.key.public_bytes_raw()).proof(due)
        return as_secret in header.split() or super().is_signed(due, header)


def test_who_takes_the_public_key_as_a_secret_is_found() -> None:
    secret = Secret.draw(SecretKind.ED25519)
    naive = TakesThePublicKeyAsSecret(str(secret.public_key))
    with serving(naive) as url, on_trial(replace(on(url), secret=secret)) as trial:
        assert "HMAC with the public key: answered 204" in BY_NAME["odd-signatures"].tried_on(trial).wrong


def test_effects_that_nobody_shows_are_not_called_right(right: str) -> None:
    with on_trial(OnTrial(url=right, secret=Secret.read(SECRET))) as trial:
        verdicts = {case.name: case.tried_on(trial).verdict for case in CASES if case.is_about_effects}
    assert set(verdicts.values()) == {Verdict.NOT_OBSERVABLE}


def run(*arguments: str, secret: str = SECRET) -> Result:
    return CliRunner(env={"WEBHOOK_SECRET": secret}).invoke(consumer, arguments)


def test_the_command_tells_what_is_wrong_and_why(right: str) -> None:
    told = run("check", right, "--probe", f"{right}/probe", "--case", "duplicates", "--case", "stale")
    assert (told.exit_code, "2 right, 0 wrong" in told.stdout) == (0, True)
    with serving(receivers.HasNoClock()) as url:
        told = run("check", url, "--case", "stale")
        assert told.exit_code == 1
        assert "WRONG           stale" in told.stdout
        assert "- ten minutes old: answered 204\n" in told.stdout
        assert BY_NAME["stale"].why in told.stdout
        [facts] = json.loads(run("check", url, "--case", "stale", "--json").stdout)
        assert (facts["case"], facts["verdict"], len(facts["wrong"])) == ("stale", "wrong", 2)


@pytest.mark.parametrize(
    ("url", "secret", "code", "told"),
    [
        ("ftp://x", SECRET, 2, "http://"),
        ("http://", SECRET, 2, "name a host"),
        ("http://[::1", SECRET, 2, "no URL"),
        ("http://127.0.0.1:9", "whsec_!!", 2, "looks like whsec_"),
        ("http://127.0.0.1:9", "whsec_", 2, "looks like whsec_"),
        ("http://127.0.0.1:9", "whsk_MfKQ9r8GKYqrTwjU", 2, "looks like whsec_"),
        ("http://127.0.0.1:9", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwSw", 2, "looks like whsec_"),
    ],
    ids=["scheme", "no host", "no url", "rubbish", "empty", "short", "bare"],
)
def test_what_cannot_be_meant_is_said(url: str, secret: str, code: int, told: str) -> None:
    result = run("check", url, secret=secret)
    assert (result.exit_code, told in result.stderr) == (code, True)
    assert secret == SECRET or len(secret) < 10 or secret not in result.stderr


@pytest.mark.parametrize("command", ["check", "replay-samples"])
def test_where_nothing_listens(command: str) -> None:
    result = run(command, f"http://127.0.0.1:{find_free_port()}")
    assert (result.exit_code, "nothing listens" in result.stderr) == (3, True)


def test_samples_are_all_examples_and_keep_their_contracts(tmp_path: Path) -> None:
    assert run("samples", str(tmp_path / "all"), "--prefix", "acme").exit_code == 0
    contracts: Contracts = load_contracts(REPOSITORY / "contracts")
    files = sorted((tmp_path / "all").iterdir())
    assert len(files) == sum(len(event.examples) for event in contracts.told_to_integrators.values())
    for file in files:
        event = json.loads(file.read_bytes())
        key = event["type"].removeprefix("acme.")
        assert file.name.startswith(key)
        assert validator(contracts.events[key].schema).is_valid(event["data"])


def test_a_stream_of_samples(right: str) -> None:
    told = run("replay-samples", right, "--body", "binary")
    assert told.exit_code == 0
    assert len(told.stdout.splitlines()) == len(list(sample_events()))
    told = run("replay-samples", right, "--type", "partner.approved.v1", secret=str(Secret.draw()))
    assert (told.exit_code, "3 of 3 were not taken" in told.stderr) == (1, True)
    assert run("replay-samples", right, "--type", "partner.unheard_of.v1").exit_code == 2


def test_requests_are_as_the_service_makes_them() -> None:
    kit = next(sample_events())
    told = ReceivedEvent(
        id=kit.id,
        name="any",
        version=1,
        source=kit.source,
        subject=kit.subject,
        sequence=kit.sequence,
        occurred_at=kit.time,
        data=kit.data,
        topic=kit.topic,
        partition=0,
        offset=0,
    )
    attributes = attributes_of(told, UUID(kit.id), f"gangway.{kit.key}")
    whole = webhook_of(kit, BodyKind.STRUCTURED, [])
    assert whole.body == structured(attributes, as_json(kit.data))
    assert whole.headers["content-type"] == STRUCTURED_TYPE
    split = webhook_of(kit, BodyKind.BINARY, [])
    named = {name: value for name, value in split.headers.items() if name.startswith("ce-")}
    assert (named, split.body) == (binary(attributes), as_json(kit.data).encode())


def test_another_library_verifies_our_signatures() -> None:
    secrets = [Secret.draw(), Secret.read(SECRET)]
    for event in sample_events():
        request = webhook_of(event, BodyKind.STRUCTURED, secrets)
        headers = {name: str(value) for name, value in request.headers.items()}
        assert Judge(SECRET).verify(request.body, headers)["id"] == event.id


@pytest.mark.parametrize("kind", list(BodyKind))
def test_the_sdk_of_cloudevents_reads_them(kind: BodyKind) -> None:
    for event in sample_events():
        request = webhook_of(event, kind, [Secret.draw()])
        read = from_http(
            HTTPMessage({name: str(one) for name, one in request.headers.items()}, request.body), JSONFormat()
        )
        assert (read.get_id(), read.get_type(), read.get_data()) == (
            event.id,
            f"gangway.{event.key}",
            event.data,
        )
        assert (read.get_time(), read.get_extension("sequence")) == (event.time, event.attributes["sequence"])


def test_the_plugin_runs_a_test_for_each_case(right: str, tmp_path: Path) -> None:
    (tmp_path / "test_ours.py").write_text(
        "def test_it(gangway_case):\n"
        f"    gangway_case.expect_right({right!r}, secret={SECRET!r}, probe='{right}/probe')\n"
        "def test_naive(gangway_case):\n"
        f"    gangway_case.expect_right({right!r}, secret='{Secret.draw()}')\n"
    )
    options = ["-p", "no:cacheprovider", "-p", "no:randomly", "-k", "every-event or stale"]
    command = [sys.executable, "-m", "pytest", "-q", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_naive[every-event]" in done.stdout
    assert "1 failed, 3 passed" in done.stdout
    assert "What is not taken comes again" in done.stdout
