import json

import pytest

from provisioning.adapters.outside_json import outside_json


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (rb'"a\u0000b"', "a\\0b"),
        (rb'"a\ud800b"', "a\\ud800b"),
        (rb'"\ud83d\ude00"', "\N{GRINNING FACE}"),
        (rb'{"\udfff": [1, null, {"a": ["\u0000"]}]}', {"\\udfff": [1, None, {"a": ["\\0"]}]}),
        (b'"' + b"x" * 5000 + rb'\u00e4"', "x" * 5000 + "\u00e4"),
    ],
    ids=["nul", "half", "pair", "deep", "long"],
)
def test_what_no_database_holds_is_spelled_out(said: bytes, found: object) -> None:
    assert outside_json(said) == found
    assert "\\u0000" not in json.dumps(found)


@pytest.mark.parametrize("said", [b'"\xed\xa0\x80"', '"a"'.encode("utf-16"), b'"a', b""])
def test_what_is_no_json_in_utf_8_is_refused(said: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        outside_json(said)
