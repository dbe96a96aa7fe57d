"""What an answer means, what is signed, what is left out, and which settings are refused."""

import asyncio
import base64
import json
import time
from datetime import timedelta
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from marshmallow import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError
from tests.contracts.services import subscriptions

from chassis import clock
from chassis.settings.yaml_files import FileRefused
from contract_tools import load_contracts
from integrations.adapters.cloud_events import binary, id_of, structured
from integrations.adapters.event_contracts import read_catalogue
from integrations.adapters.event_filters import FilterRefused, SeenByFilters, check_filter, fits
from integrations.adapters.network_ranges import read_ranges
from integrations.adapters.retry_schedule_file import read_retry_schedule
from integrations.adapters.sending.delivery_queue import Claimed, Note, SendingEndpoint
from integrations.adapters.sending.endpoint_share import EndpointShare
from integrations.adapters.signing_secrets import SecretUnreadable, SigningSecrets, read_encryption_keys
from integrations.domain.deliveries import Answer, State, verdict_on
from integrations.domain.endpoints import SecretKind
from integrations.domain.event_types import EventCatalogue
from integrations.entrypoints.web.api.fields import Moment
from integrations.settings import CONFIG
from local_stack.settings import REPOSITORY

SCHEDULE = read_retry_schedule(CONFIG / "retries.yaml")
NEVER = timedelta(days=1_000)


@pytest.fixture(scope="module")
def catalogue() -> EventCatalogue:
    return read_catalogue(REPOSITORY / "contracts")


def test_every_event_that_is_offered_is_read(catalogue: EventCatalogue) -> None:
    """Whoever subscribes to it would wait for ever."""
    # That sessions ended concerns this service alone.
    topics = subscriptions("integrations").topics
    read = {key for events in topics.values() for key in events} - {"partner.sessions_ended.v1"}
    assert read == set(catalogue)


def test_nobody_outside_is_given_a_topic_of_which_something_is_not_offered(catalogue: EventCatalogue) -> None:
    """Kafka gives whole topics, and whoever counts the numbers of one finds no hole."""
    contracts = load_contracts(REPOSITORY / "contracts")
    offered = {kind.topic for kind in catalogue.values()}
    assert {key for name in offered for key in contracts.topics[name].events} == set(catalogue)
    assert not [key for key in catalogue if key.startswith("partner.draft_")]


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_could_not_be_read_again_is_none(text: str) -> None:
    with pytest.raises(ValidationError, match="Not a time such as"):
        Moment().deserialize(text)


def test_an_endpoint_that_takes_nothing_is_disabled_before_anything_is_given_up() -> None:
    least = sum(SCHEDULE.waits, timedelta()) * (1 - SCHEDULE.jitter)
    assert SCHEDULE.disable_after == timedelta(days=5)
    assert sum(SCHEDULE.waits, timedelta()) > SCHEDULE.disable_after
    assert least > SCHEDULE.disable_after * 0.7


@pytest.mark.parametrize(
    ("answer", "tries", "state", "least", "most"),
    [
        (Answer(outcome="ok", status=204), 1, State.DELIVERED, None, None),
        (Answer(outcome="refused", status=500), 1, State.WAITING, 4, 6),
        (Answer(outcome="redirected", status=302), 2, State.WAITING, 24, 36),
        (Answer(outcome="timeout"), 5, State.WAITING, 1_440, 2_160),
        (Answer(outcome="refused", status=404), 15, State.FAILED, None, None),
        (Answer(outcome="refused", status=503, retry_after=timedelta(seconds=90)), 1, State.WAITING, 90, 90),
        (Answer(outcome="refused", status=429, retry_after=NEVER), 1, State.WAITING, 86_400, 86_400),
        (Answer(outcome="refused", status=410), 15, State.WAITING, 86_400, 86_400),
    ],
)
def test_what_an_answer_means(
    answer: Answer, tries: int, state: State, least: float | None, most: float | None
) -> None:
    for chance in (0.0, 0.5, 1.0):
        verdict = verdict_on(answer, tries, SCHEDULE, chance)
        assert verdict.state is state
        assert verdict.disables is (answer.status == 410)
        if least is None or most is None:
            assert verdict.wait is None
        else:
            assert verdict.wait is not None
            assert least <= verdict.wait.total_seconds() <= most
    assert bool(verdict.hold) is (answer.status in {429, 503})


def test_a_wrong_schedule_is_refused_naming_every_entry(tmp_path: Path) -> None:
    file = tmp_path / "retries.yaml"
    file.write_text("waits_seconds: [0]\njitter: 2\nretry_after_most_hours: 24\nunknown: 1\n")
    with pytest.raises(FileRefused) as refused:
        read_retry_schedule(file)
    named = " ".join(refused.value.problems)
    assert all(word in named for word in ("waits_seconds", "jitter", "disable_after_hours", "unknown"))


@pytest.mark.parametrize("text", ["", "no key", "A" * 43 + "=,short"])
def test_keys_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Fernet keys"):
        read_encryption_keys(text)


@pytest.mark.parametrize("text", ["127.0.0.1/8", "0.0.0.0/0", "::/0", "all", "10.0.0.0/33"])
def test_ranges_that_are_none_or_everything_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="range"):
        read_ranges(text)


def test_a_judge_verifies_hmac_signatures_of_every_secret() -> None:
    signing = SigningSecrets(MultiFernet([Fernet(Fernet.generate_key())]))
    drawn = [signing.draw(SecretKind.HMAC) for _ in range(2)]
    now = int(time.time())
    body = b'{"price":"5 \xe2\x82\xac"}'
    value = signing.signatures([("hmac", key) for _, key, _ in drawn], "id-1", now, body)
    headers = {"webhook-id": "id-1", "webhook-timestamp": str(now), "webhook-signature": value}
    for told, _, _ in drawn:
        assert Webhook(told).verify(body, headers) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.draw(SecretKind.HMAC)[0]).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(drawn[0][0]).verify(body + b" ", headers)


def test_an_ed25519_signature_is_checked_with_the_public_key_alone() -> None:
    signing = SigningSecrets(MultiFernet([Fernet(Fernet.generate_key())]))
    told, key, public = signing.draw(SecretKind.ED25519)
    assert told == public
    version, _, signature = signing.signatures([("ed25519", key)], "id-1", 7, b"{}").partition(",")
    assert version == "v1a"
    verifier = Ed25519PublicKey.from_public_bytes(base64.b64decode(told.removeprefix("whpk_")))
    verifier.verify(base64.b64decode(signature), b"id-1.7.{}")


def test_keys_are_encrypted_and_may_be_exchanged() -> None:
    first, second = (Fernet(Fernet.generate_key()) for _ in range(2))
    told, key, _ = SigningSecrets(MultiFernet([first])).draw(SecretKind.HMAC)
    assert base64.b64decode(told.removeprefix("whsec_")) not in key
    assert SigningSecrets(MultiFernet([second, first])).signatures([("hmac", key)], "i", 1, b"")
    with pytest.raises(SecretUnreadable):
        SigningSecrets(MultiFernet([second])).signatures([("hmac", key)], "i", 1, b"")


def personal_paths(node: object, path: str = "") -> set[str]:
    """Every place of a schema that is marked."""
    found: set[str] = set()
    if isinstance(node, dict):
        if node.get("x-personal"):
            found.add(path)
        for name, part in node.get("properties", {}).items():
            found |= personal_paths(part, f"{path}/{name}")
        for part in (node.get("items"), node.get("additionalProperties")):
            found |= personal_paths(part, f"{path}/*")
    return found


def paths_of(value: object, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return {path}.union(*(paths_of(part, f"{path}/{name}") for name, part in value.items()))
    if isinstance(value, list):
        return {path}.union(*(paths_of(part, f"{path}/*") for part in value))
    return {path}


def test_what_the_contracts_mark_is_left_out_of_every_example(catalogue: EventCatalogue) -> None:
    marked = 0
    for kind in catalogue.values():
        left = paths_of(kind.without_personal(kind.example))
        personal = personal_paths(kind.schema)
        assert not left & personal, kind.key
        assert paths_of(kind.example) - left <= {
            path for path in paths_of(kind.example) for one in personal if path.startswith(one)
        }, kind.key
        marked += bool(personal)
    assert marked > 5


def test_what_a_contract_does_not_know_is_left_out_too(catalogue: EventCatalogue) -> None:
    kind = catalogue["partner.approved.v1"]
    data = {**kind.example, "nickname": "Jü", "members": [{"member_id": "1", "phone": "+49"}]}
    told = kind.without_personal(data)
    assert "nickname" not in told
    assert told["members"] == [{"member_id": "1"}]


def test_cloud_events_in_both_modes() -> None:
    attributes = '{"id":"1","type":"t","subject":"Größe 50%","datacontenttype":"application/json"}'
    assert json.loads(structured(attributes, '{"a":1}'))["data"] == {"a": 1}
    headers = binary(attributes)
    assert headers == {"ce-id": "1", "ce-type": "t", "ce-subject": "Gr%C3%B6%C3%9Fe%2050%25"}
    assert id_of("s", "no uuid") == id_of("s", "no uuid") != id_of("t", "no uuid")


@pytest.mark.parametrize(
    "expression",
    [
        'data.tier == "premier" || "iot" in data.products_wanted',
        'data.members.exists(m, m.language == "de")',
        'type == "partner.applied.v1" && data.country in ["DE", "AT"]',
        'has(data.tier) && data.tier.matches("(p+)+$")',
        'type == "partner.approved.v1" ? data.tier in ["premier", "select"]'
        ' && data.products_wanted.exists(p, p == "iot" || p.startsWith("cloud"))'
        ' : has(data.product) && data.product != "crm"',
    ],
)
def test_filters_that_can_be_used(catalogue: EventCatalogue, expression: str) -> None:
    check_filter(expression, catalogue.values())
    outcomes = {fits(expression, SeenByFilters(kind.key, kind.example)) for kind in catalogue.values()}
    assert False in outcomes


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("data.tier ==", "line 1, column 11"),
        ("tier == 1", "nothing called 'tier'"),
        ("open('x')", "nothing called 'open'"),
        ("data.unheard_of == 1", "example of every event"),
        ('"yes"', "neither true nor false"),
        ("1 / 0 == 1", "example of every event"),
        ("(" * 21 + "1" + ")" * 21, "deeper than 20"),
        ("data.a.all(x, data.b.all(y, x == y))", "more than one macro"),
        ("data.members.exists(m, m.language == '" + "x" * 200 + "')", "Longer than 200"),
        ("true" + " || true" * 200, "Longer than 1000"),
        ('"' + 'a" + "' * 150 + '" == ""', "steps for each event, of 600"),
        ("!" * 900 + "true", "steps for each event, of 600"),
        ("[" + "1," * 40 + "1].all(x, x == 1)", "steps for each event, of 250"),
        ("[" + "1," * 60 + "1].reduce(r, x, 'a', r + r) == ''", "no reduce"),
        ("data.products_wanted.min() == 'a'", "no min"),
        ("data.products_wanted.exists(1, true)", "example of every event"),
    ],
)
def test_filters_that_are_refused_say_why(catalogue: EventCatalogue, expression: str, told: str) -> None:
    with pytest.raises(FilterRefused, match=f"(?i){told}"):
        check_filter(expression, catalogue.values())


@pytest.mark.parametrize(
    "worst",
    [
        "data.products_wanted.exists(1, true)",
        '"x".matches(data.tier + "[")',
        'timestamp("x").getHours("y") == 1',
    ],
)
def test_no_filter_fails_the_event_or_tells_the_log(
    catalogue: EventCatalogue, worst: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """One that was taken, as the example never comes to its worst part, meets an event that does."""
    expression = f'data.tier == "worst" ? {worst} : true'
    check_filter(expression, catalogue.values())
    example = catalogue["partner.approved.v1"].example
    assert not fits(expression, SeenByFilters("partner.approved.v1", {**example, "tier": "worst"}))
    assert capfd.readouterr() == ("", "")


def test_whoever_is_closed_begins_no_further_request() -> None:
    """An endpoint that was paused in the middle of a partner's events gets none of the others."""
    endpoint = SendingEndpoint(uuid4(), "https://a.example/", True, "structured", 1, None, 0.0, ())
    partner = uuid4()
    claimed = [
        Claimed(endpoint.id, place, 1, 0, 0, uuid4(), partner, "{}", "{}", True, monotonic() + 45)
        for place in range(3)
    ]
    notes: list[Note] = []

    async def attempt(one: Claimed, _: SendingEndpoint) -> Note:
        share.close()
        return Note(claimed=one, state="delivered", at=clock.now())

    async def send() -> None:
        share.take(claimed)
        while share.running:
            await asyncio.sleep(0)

    share = EndpointShare(endpoint, attempt, notes.append, lambda _: None, needs_seconds=20, lease_seconds=45)
    asyncio.run(send())
    assert [(note.claimed.position, note.state) for note in notes] == [
        (0, "delivered"),
        (1, "waiting"),
        (2, "waiting"),
    ]


@pytest.mark.parametrize("begins_at", [0, 4, 9])
@pytest.mark.parametrize("heard_at_look", [None, 0, 1, 5])
def test_a_round_passes_all_lanes_and_ends(begins_at: int, heard_at_look: int | None) -> None:
    """Ten lanes, three to a look: all are looked at after what was heard last, and then it rests."""
    endpoint = SendingEndpoint(uuid4(), "https://a.example/", True, "structured", 1, None, 0.0, ())

    async def attempt(one: Claimed, _: SendingEndpoint) -> Note:
        raise NotImplementedError

    share = EndpointShare(
        endpoint, attempt, lambda _: None, lambda _: None, needs_seconds=20, lease_seconds=45
    )
    share.after = UUID(int=begins_at)
    share.look()
    seen: list[int] = []
    looks = 0
    while share.may_have_due:
        share.may_have_due = False
        begin = share.after.int
        if looks == heard_at_look:
            share.look()
            seen = []
        else:
            seen += range(begin + 1, min(begin + 3, 10) + 1)
        share.went_to(UUID(int=begin + 3 if begin + 3 <= 10 else 0))
        looks += 1
        assert looks < 20
    assert set(seen) == set(range(1, 11))
    assert len(seen) <= 16
