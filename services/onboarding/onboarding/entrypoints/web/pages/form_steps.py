"""The steps of the application form: which fields stand on which screen, and which screen comes next."""

from collections.abc import Iterator, Mapping

from onboarding.entrypoints.web.pages.form_reading import Form, is_field

CHECK = "check"
PEOPLE = "people"
# In their order; the last one shows all answers and sends them.
STEPS: Mapping[str, tuple[str, ...]] = {
    "company": ("country", "legal_name"),
    "register": ("registration_number", "website", "partner_type"),
    "wishes": ("competences", "products_wanted", "expected_benefits"),
    "contact": ("contact", "language"),
    PEOPLE: ("members",),
    CHECK: (),
}
_NAMES = tuple(STEPS)
_STEP_OF = {name: step for step, names in STEPS.items() for name in names} | {"member": PEOPLE}


def step_on(form: Form) -> str:
    """The step that was on the screen when the form was sent."""
    return known_step(form.get("step")) or _NAMES[0]


def known_step(name: str | None) -> str | None:
    """The name, if there is such a step."""
    return name if name in STEPS else None


def step_before(step: str) -> str | None:
    """Where "Back" leads."""
    place = _NAMES.index(step)
    return _NAMES[place - 1] if place else None


def step_after(step: str, form: Form, wrong: Mapping[str, str]) -> str:
    """The next screen; who came to change an answer goes back to all of them.

    A number means nothing without its register, so another country asks for it again.
    """
    is_asked = form.get("register_of") == form.get("country")
    if form.get("checked") and is_asked and not wrong:
        return CHECK
    return _NAMES[_NAMES.index(step) + 1]


def first_wrong(wrong: Mapping[str, str], step: str) -> str | None:
    """The first step with a wrong field, up to and with ``step``."""
    steps = {step_of(field) for field in wrong}
    return next((name for name in _NAMES[: _NAMES.index(step) + 1] if name in steps), None)


def step_of(field: str) -> str:
    """On which screen a field stands."""
    return _STEP_OF.get(field.partition("-")[0], _NAMES[0])


def place_of_step(step: str) -> int:
    """Counted from 1."""
    return _NAMES.index(step) + 1


def carried(form: Form, step: str) -> Iterator[tuple[str, str]]:
    """Name and value of what was typed on the other screens; the page takes it along, we store nothing."""
    for name, value in form.items(multi=True):
        if is_field(name) and step_of(name) != step:
            yield name, value
