"""Words: complete in all languages, and never half a sentence."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from chassis.translations import Translations, TranslationsWrong


def write(folder: Path, **texts: str) -> Path:
    for language, text in texts.items():
        (folder / f"{language}.ftl").write_text(text, encoding="utf-8")
    return folder


def test_words_in_each_language(tmp_path: Path) -> None:
    words = Translations(
        write(
            tmp_path,
            en="hello = Hello { $name }\n    .subject = Hi",
            de="hello = Guten Tag, { $name }\n    .subject = Hallo",
        )
    )
    assert words.text("de", "hello", name="Zoë <b>") == "Guten Tag, Zoë <b>"
    assert words.text("de", "hello.subject") == "Hallo"
    assert words.text("fr", "hello", name="Zoë") == "Hello Zoë"
    assert words.text("de", "error-title", status=404) == "Nicht gefunden"
    assert words.text("en", "error-title", status=429) == "Too many requests"
    assert words.text("en", "error-title", status=418) == "Something went wrong"


def test_a_missing_argument_or_message_is_an_error(tmp_path: Path) -> None:
    words = Translations(write(tmp_path, en="hello = Hello { $name }", de="hello = Hallo { $name }"))
    with pytest.raises(ValueError, match="hello"):
        words.text("de", "hello")
    with pytest.raises(LookupError):
        words.text("de", "unknown")


def test_times_are_told_in_utc_whatever_zone_they_came_in(tmp_path: Path) -> None:
    text = 'until = { DATETIME($at, timeStyle: "short") } UTC'
    words = Translations(write(tmp_path, en=text, de=text))
    at = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert words.text("de", "until", at=at) == "22:30 UTC"


def test_everything_that_does_not_fit_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, en="a = A\nb = B\n    .c = C", de="a = A\nb = B\nnot fluent at all")
    with pytest.raises(TranslationsWrong) as caught:
        Translations(folder)
    text = str(caught.value)
    assert "de: b.c is missing" in text
    assert "de.ftl cannot be read at: not fluent at all" in text


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_sentence_that_ends_with_an_abbreviated_name_has_one_full_stop(
    tmp_path: Path, language: str
) -> None:
    chosen = "{ $company ->\n    [none] us\n   *[other] { $company }\n }"
    text = f"a = By {{ $company }}. Of {chosen}. To {{ $company }}, all."
    words = Translations(write(tmp_path, en=text, de=text))
    told = words.text(language, "a", company="Acme Inc.")
    assert told == "By Acme Inc. Of Acme Inc. To Acme Inc., all."
    assert words.text(language, "a", company="Acme") == "By Acme. Of Acme. To Acme, all."
