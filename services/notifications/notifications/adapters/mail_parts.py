"""The parts of a mail before it is rendered as text and HTML."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chassis.frozen import Frozen


@dataclass(frozen=True)
class Paragraph:
    text: str
    form: str = field(default="paragraph", init=False)


@dataclass(frozen=True)
class Quote:
    """Somebody's own words, with line breaks."""

    text: str
    form: str = field(default="quote", init=False)


@dataclass(frozen=True)
class Item:
    name: str
    about: str = ""


@dataclass(frozen=True)
class Items:
    items: Sequence[Item]
    form: str = field(default="items", init=False)


@dataclass(frozen=True)
class Button:
    """The one thing to do; ``note`` says how long the link works."""

    label: str
    url: str
    note: str = ""
    form: str = field(default="button", init=False)


@dataclass(frozen=True)
class Small:
    """A detail for completeness."""

    text: str
    form: str = field(default="small", init=False)


Part = Paragraph | Quote | Items | Button | Small


class Content(Frozen):
    """A whole mail, in parts."""

    language: str
    subject: str
    preheader: str
    heading: str
    greeting: str
    parts: Sequence[Part]
    closing: str
    footer: str
    unsubscribe_url: str | None = None
