"""Names that a person would call the same are the same when compared; what is shown is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.text.characters import has_letter_or_digit
from chassis.text.names import lookalike, plain

# Each the name "Grey Mirror", as somebody may write it who is on a list under that name.
SAME_TO_A_READER = [
    "Grey Mirror",
    "GREY MIRROR",
    "  grey   mirror ",
    "Grey\u00a0Mirror",
    "Grey\u2003Mirror",
    "Grey\u202f\u3000Mirror",
    "Grey\tMirror",
    "Grey-Mirror",
    "Grey\u2011Mirror",
    "Grey_Mirror",
    "Grey.Mirror",
    "»Grey« (Mirror)",
    "Gr\u200bey Mirror",
    "Gr\u00adey Mir\u2060ror",
    "\ufeffGrey Mirror\ufe0f",
    "Gre\u200dy \u200cMirror",
    "Gre\u034fy Mirror",
    "Grey M\u0456rror",
    "Gr\u0435y Mirr\u043er",
    "G\u0433\u0435\u0443 \u041c\u0456\u0433\u0433\u043e\u0433",
    "Gr\u03b5y Mirr\u03bfr".replace("\u03b5", "e"),
    "\uff27\uff52\uff45\uff59\u3000\uff2d\uff49\uff52\uff52\uff4f\uff52",
    "\U0001d406\U0001d42b\U0001d41e\U0001d432 Mirror",
    "\u24bcrey Mirror",
    "Gr\u00e9y Mirr\u00f6r",
    "Gre\u0301y Mirro\u0308r",
    "Gre\u0335y Mirror",
    "G\u0280\u1d07\u028f M\u026a\u0280\u0280\u1d0f\u0280",
    "\U0001f176\U0001f181\U0001f174\U0001f188 \U0001f17c\U0001f178\U0001f181\U0001f181\U0001f17e\U0001f181",
    "\U0001f156\U0001f161\U0001f154\U0001f168 \U0001f15c\U0001f158\U0001f161\U0001f161\U0001f15e\U0001f161",
    "\U0001f1ec\U0001f1f7\U0001f1ea\U0001f1fe \U0001f1f2\U0001f1ee\U0001f1f7\U0001f1f7\U0001f1f4\U0001f1f7",
    "\u0261rey Mirror",
]
ONLY_LOOKS_THE_SAME = [
    "Grey Mlrror",
    "Grey M1rror",
    "Grey M|rror",
    "GREY MIRR0R",
    "Grey rnirror",
    "GREY MlRROR",
]


@pytest.mark.parametrize("written", SAME_TO_A_READER)
def test_a_reader_calls_it_the_same(written: str) -> None:
    assert plain(written) == "grey mirror"
    assert lookalike(written) == lookalike("Grey Mirror")


@pytest.mark.parametrize("written", ONLY_LOOKS_THE_SAME)
def test_the_eye_calls_it_the_same(written: str) -> None:
    assert plain(written) != "grey mirror"
    assert lookalike(written) == lookalike("Grey Mirror")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stra\u00dfe", "STRASSE"),
        ("M\u00fcller & S\u00f6hne", "M\u00dcLLER & S\u00d6HNE"),
        ("\u0141\u00f3d\u017a", "Lodz"),
        ("\u00d8rsted", "Orsted"),
        ("O\u2019Neill", "O'Neill"),
        (
            "\u0428\u0418\u0420\u041e\u041a\u0418\u0419 \u0412",
            "\u0448\u0438\u0440\u043e\u043a\u0438\u0439 \u0432",
        ),
        ("\u0391\u0398\u0397\u039d\u0391", "\u03b1\u03b8\u03b7\u03bd\u03b1"),
        ("\u30ab\u30d6\u30b7\u30ad", "\uff76\uff8c\uff9e\uff7c\uff77"),
        ("\u682a\u5f0f\u4f1a\u793e\u3000\u9752", "\u682a\u5f0f\u4f1a\u793e \u9752"),
    ],
)
def test_the_same_name_in_other_writing(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grey Mirror", "Greymirror"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u0928\u0926"),  # vowels of Hindi tell words apart
        ("\u682a\u5f0f\u4f1a\u793e\u9752", "\u682a\u5f0f\u4f1a\u793e\u8d64"),
        ("Nord 1", "Nord 2"),
    ],
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert plain(one) != plain(other)
    assert lookalike(one) != lookalike(other)


@given(st.text())
def test_a_canonical_form_is_its_own(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert lookalike(lookalike(text)) == lookalike(text)
    assert lookalike(plain(text.replace("|", ""))) == lookalike(text.replace("|", ""))


@given(st.text())
def test_case_never_counts(text: str) -> None:
    assert plain(text.casefold()) == plain(text)


@pytest.mark.parametrize(
    ("text", "has_one"),
    [
        ("A", True),
        ("7", True),
        ("\u9752", True),
        ("\u0663", True),
        ("\u200b", False),
        ("\u3164", False),
        ("\u115f", False),
        ("\u0301", False),
        ("\U0001f680", False),
        ("-", False),
        ("\u2800", False),
        ("\u00ad \u00a0", False),
    ],
)
def test_something_to_call_it_by(text: str, has_one: bool) -> None:
    assert has_letter_or_digit(text) is has_one
