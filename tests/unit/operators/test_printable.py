"""Nothing that strangers say steers a terminal, and all of it has an end."""

import json

import pytest

from operator_cli.printable import LONGEST, in_json, one_line, printable

STEERING = [
    "\x1b[2J",
    "\x9b2J",
    "\u202e",
    "\u2066",
    "\ud800",
    "\r",
    "\b",
    "\x00",
    "\u2028",
    "\U000e0041",
    "\ufff9",
]


@pytest.mark.parametrize("sign", STEERING)
def test_what_would_steer_is_escaped_and_json_stays_json(sign: str) -> None:
    text = f"a{sign}b"
    assert sign[0] not in printable(text)
    told = in_json({text: [text]})
    assert sign[0] not in told
    assert json.loads(told) == {text: [text]}
    one_line(text).encode()


def test_words_of_all_scripts_stay_as_they_are() -> None:
    text = "Zoë Müller 株式会社\u3000シャ شركة 👩‍💻 2:29\u202fPM"
    assert printable(text) == text
    assert in_json([text]) == f'["{text}"]'


def test_a_text_without_an_end_is_cut() -> None:
    assert printable("x" * 5_000_000).endswith(f"… [{5_000_000 - LONGEST} more characters]")
    assert len(in_json({"a": {"b": ["x" * 5_000_000]}})) < LONGEST + 100
    assert one_line("a\nb") == "a\\nb"
