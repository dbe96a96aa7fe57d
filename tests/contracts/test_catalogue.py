"""The catalogue page tells everything, needs nothing but itself, and is well-formed and labelled."""

import json
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from contract_tools import Contracts
from contract_tools.catalogue import catalogue_page
from contract_tools.flow import flow_diagram
from contract_tools.schema_fields import fields

VOID = {"meta", "link", "br", "img", "input"}


class Page(HTMLParser):
    """What a browser would find: elements in order, all text, and whether tags close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> list[str]:
        return [value for _, found in self.elements if (value := found.get(attribute))]


@pytest.fixture(scope="module")
def page(contracts: Contracts) -> Page:
    return Page(catalogue_page(contracts, type_prefix="gangway"))


def test_every_topic_event_field_and_example_is_there(page: Page, contracts: Contracts) -> None:
    for topic in contracts.topics.values():
        assert topic.description in page.text
    for event in contracts.events.values():
        assert event.schema["description"] in page.text
        for field in fields(event.schema):
            assert field.path[1:].replace("/", ".") in page.text
            assert field.schema["description"] in page.text
        for example in event.examples.values():
            assert json.dumps(example, indent=2, ensure_ascii=False) in page.text


def test_as_many_personal_marks_as_personal_fields(page: Page, contracts: Contracts) -> None:
    personal = [
        field for event in contracts.events.values() for field in fields(event.schema) if field.is_personal
    ]
    marks = [tag for tag, found in page.elements if found.get("class") == "mark" and tag == "span"]
    events = [
        event for event in contracts.events.values() if any(one.is_personal for one in fields(event.schema))
    ]
    assert len(marks) == len(personal) + len(events)


def test_it_loads_nothing_and_runs_nothing(page: Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    assert page.values("src") == []
    assert [name for _, found in page.elements for name in found if name.startswith("on")] == []
    assert "url(" not in page.text
    assert "@import" not in page.text


def test_links_lead_somewhere_and_ids_are_unique(page: Page) -> None:
    ids = page.values("id")
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    targets = [link for link in page.values("href") if link.startswith("#")]
    labels = [name for value in page.values("aria-labelledby") for name in value.split()]
    assert {target[1:] for target in targets} | set(labels) <= set(ids)
    assert len(targets) > 1


def test_it_is_made_for_keyboard_and_screen_reader(page: Page) -> None:
    tags = [tag for tag, _ in page.elements]
    assert ("html", {"lang": "en"}) in page.elements
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    assert next(found for tag, found in page.elements if tag == "a") == {"class": "skip", "href": "#content"}
    assert tags.count("caption") == tags.count("table")
    assert all(found.get("scope") for tag, found in page.elements if tag == "th")
    assert all(found.get("tabindex") == "0" for tag, found in page.elements if tag == "pre")


def test_it_has_light_and_dark_colours(page: Page) -> None:
    assert "color-scheme: light dark" in page.text
    assert "prefers-color-scheme: dark" in page.text


def test_the_table_and_the_diagram_tell_who_sends_what_to_whom(page: Page, contracts: Contracts) -> None:
    arrows = {tuple(line.split()[::2]) for line in flow_diagram(contracts).splitlines() if "-->" in line}
    for topic in contracts.topics.values():
        readers = list(topic.consumers)
        row = f"{topic.owner} {topic.name} {len(topic.events)} events {', '.join(readers) or 'nobody yet'}"
        assert row in " ".join(page.text.split())
        assert (topic.owner, f'{topic.name}(["{topic.name}"])') in arrows
        assert {(topic.name, reader) for reader in readers} <= arrows
    assert len(arrows) == sum(1 + len(topic.consumers) for topic in contracts.topics.values())


def test_the_documents_show_the_diagram_as_it_is(contracts: Contracts) -> None:
    shown = Path("docs/events.md").read_text(encoding="utf-8")
    assert flow_diagram(contracts) in shown, "put there what `gangway events flow` prints"


def test_text_from_the_contracts_cannot_become_markup(contracts: Contracts) -> None:
    topic = next(iter(contracts.topics.values()))
    evil = replace(topic, description="<script>alert(1)</script>", consumers={"<b>": topic.events})
    page = Page(catalogue_page(replace(contracts, topics={evil.name: evil}), type_prefix="gangway"))
    assert not {"script", "b"} & {tag for tag, _ in page.elements}
    assert "<script>alert(1)</script>" in page.text
