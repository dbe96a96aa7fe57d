"""Whatever tells about a person or opens a door is taken out of a text; what does not stays readable."""

import html
import json
import quopri
import time
from urllib.parse import quote, quote_plus
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.identity.links import TOKEN_LENGTH, LinkSigner, LinkUse
from chassis.redaction import ADDRESS, LONGEST, redacted, redacted_cause, redacted_deeply

PERSON = "jürgen.o'quartz+partner@mühle.example"


def encodings(text: str) -> dict[str, str]:
    return {
        "plain": text,
        "upper case": text.upper(),
        "percent": quote(text),
        "percent, form": quote_plus(text),
        "percent, small": quote(text).replace("%C3%BC", "%c3%bc"),
        "percent twice": quote(quote(text)),
        "percent three times": quote(quote(quote(text))),
        "quoted-printable": quopri.encodestring(text.encode(), quotetabs=True).decode().replace("@", "=40"),
        "JSON": json.dumps(text),
        "JSON, escaped": json.dumps(text).replace("@", "\\u0040"),
        "JSON in JSON": json.dumps(json.dumps(text).replace("@", "\\u0040")),
        "Python": ascii(text).replace("@", "\\x40"),
        "bytes": repr(text.encode()),
        "HTML": html.escape(text).replace("@", "&#64;"),
        "HTML, hexadecimal": "".join(f"&#x{ord(sign):x};" for sign in text),
        "HTML, named": text.replace("@", "&commat;"),
        "punycode": "juergen@" + "mühle.example".encode("idna").decode(),
        "of the directory client": "userName+eq+%22" + quote(text) + "%22",
    }


@pytest.mark.parametrize("name", encodings(""))
def test_an_address_is_taken_out_in_any_encoding(name: str) -> None:
    said = redacted(f"GET http://crm.example/v2/Users said {encodings(PERSON)[name]} is taken, 409")
    assert said.startswith("GET http://crm.example/v2/Users said ")
    assert ADDRESS in said
    assert said.endswith(" is taken, 409")
    for part in ("rgen", "quartz", "hle", "@", "%40"):
        assert part not in said.casefold().removesuffix(" is taken, 409")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("link /links/eyJhbGciOi.eyJzdWIi.c2ln-X_ was used", "link /links/[token] was used"),
        ("Authorization: Bearer abcdefgh12345", "Authorization: Bearer [token]"),
        ("a -----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY----- b", "a [key] b"),
        ("-----BEGIN EC PRIVATE KEY-----\nMC4CAQ, cut", "[key]"),
        ("no such role\nDETAIL:  Key (email)=(x) already exists.", "no such role\n[values]"),
        (
            "(psycopg.Error) bad [SQL: SELECT 1] [parameters: {'n': 'Jo'}]",
            "(psycopg.Error) bad [SQL: SELECT 1] [values]",
        ),
        (
            "value is not valid [type=x, input_value='Jo Li', input_type=str]",
            "value is not valid [type=x, [values], input_type=str]",
        ),
        ("postgresql://gangway:secret@db/x", "postgresql://gangway:[address]/x"),
        ("a" * TOKEN_LENGTH, "[token]"),
        ("a" * (TOKEN_LENGTH - 1), "a" * (TOKEN_LENGTH - 1)),
    ],
)
def test_what_opens_a_door_or_was_refused_is_taken_out(text: str, wanted: str) -> None:
    assert redacted(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "relay restarts",
        "GET /v1/partners/01a214b7-3a5f-74ae-a56a-d9d1d7c2cdf9 200 40 ms",
        '  @wraps(view)\n  File "x.py", line 40',
        "AWS CreateThing: Slow down.",
        "a basic fault",
    ],
)
def test_what_tells_about_nobody_stays(text: str) -> None:
    assert redacted(text) == text


def test_known_names_are_taken_out_of_what_an_outside_says() -> None:
    said = redacted_cause(
        "User 'Zoë O%27Neill' (ZOË, Li) is taken; Liability stays", ["Zoë", "O'Neill", "Li", ""]
    )
    assert said == "User '[personal] [personal]' ([personal], [personal]) is taken; Liability stays"
    assert len(redacted_cause("no " * 1000)) == 500


def test_every_part_is_looked_at() -> None:
    event = {"a": [PERSON, {"b": (PERSON,)}], PERSON: ValueError(PERSON), "n": 1, "none": None}
    assert "quartz" not in str(redacted_deeply(event))
    assert redacted_deeply({"n": 1.5, "yes": True, "none": None}) == {"n": 1.5, "yes": True, "none": None}


@pytest.mark.parametrize(
    "piece", ["a", "@", "%40", "&a;", "&", "=40", "eyJ", "a@", "input_value=", "Key (", "\n "]
)
def test_no_text_takes_long(piece: str) -> None:
    began = time.process_time()
    assert len(redacted(piece * 100_000)) <= LONGEST + 20
    assert time.process_time() - began < 0.5


def test_the_cut_leaves_no_half_of_an_address() -> None:
    told = redacted_cause(f"{'x ' * 246}grace.hopper@example.com refused")
    assert "grace" not in told
    told = redacted(f"{'x ' * 4_995}grace.hopper@example.com refused")
    assert "grace" not in told


def test_a_link_is_taken_out_wherever_it_stands() -> None:
    token = LinkSigner(Ed25519PrivateKey.generate()).sign(LinkUse("onboarding", "links"), uuid4())
    told = redacted(f"GET https://gangway.example/links/{token}?lang=de failed")
    assert token not in told
    assert told.startswith("GET https://gangway.example/links/[token]")
