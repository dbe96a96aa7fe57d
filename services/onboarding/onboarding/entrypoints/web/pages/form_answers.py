"""All answers of the form on one page, in words, before they are sent."""

from collections.abc import Iterator
from dataclasses import dataclass

from chassis.http.languages import current_language, translate
from chassis.translations import LANGUAGES
from onboarding.entrypoints.web.pages.form_reading import LISTS, NAMED_BY, PERSON_FIELDS, Form, filled_rows
from onboarding.entrypoints.web.pages.form_steps import CHECK, STEPS
from onboarding.entrypoints.web.pages.form_words import country_names, label_of, worded_choices


@dataclass(frozen=True)
class Answers:
    """What one step asked, and what was answered; ``lines`` are labels and values."""

    step: str
    lines: list[tuple[str, str]]


def answers(form: Form) -> list[Answers]:
    """Step by step; an empty answer is shown as one."""
    return [Answers(step, list(_lines(form, names))) for step, names in STEPS.items() if step != CHECK]


def _lines(form: Form, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        if name == "contact":
            for part in NAMED_BY:
                yield label_of(f"contact-{part}"), form.get(f"contact-{part}", "")
        elif name == "members":
            yield from _people(form)
        else:
            yield label_of(name), _in_words(form, name)


def _people(form: Form) -> Iterator[tuple[str, str]]:
    rows = filled_rows(form)
    for row in rows:
        given, family, email, language = (form.get(f"member-{row}-{part}", "") for part in PERSON_FIELDS)
        words = LANGUAGES.get(language, translate("form-same-language"))
        yield translate("form-member", number=row + 1), f"{given} {family}\n{email}\n{words}"
    if not rows:
        yield translate("form-members"), translate("form-nobody")


def _in_words(form: Form, name: str) -> str:
    value = form.get(name, "")
    if name in LISTS:
        return ", ".join(words for choice, words in worded_choices(name) if choice in form.getlist(name))
    if name == "country":
        return dict(country_names(current_language())).get(value, value)
    if name == "partner_type":
        return dict(worded_choices(name)).get(value, value)
    return LANGUAGES.get(value, value) if name == "language" else value
