"""A browser without JavaScript over WSGI: reads a page, fills in its form, presses the button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

Attributes = dict[str, str]


@dataclass
class Form:
    """One form with what it would send untouched."""

    action: str
    method: str
    fields: MultiDict[str, str] = field(default_factory=MultiDict)


@dataclass
class Element:
    """A start tag and the words up to the next one of its kind."""

    tag: str
    attributes: Attributes
    words: str = ""


class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self._select: tuple[str, list[str], list[str]] | None = None
        self._textarea: str | None = None
        self._is_in_form = False
        self.feed(html)
        self.close()

    def all(self, tag: str) -> list[Element]:
        """Every element of that kind."""
        return [element for element in self.elements if element.tag == tag]

    def links(self) -> list[str]:
        """Where one can go."""
        return [element.attributes.get("href", "") for element in self.all("a")]

    def classed(self, name: str) -> list[Element]:
        """Every element of that class."""
        return [element for element in self.elements if name in element.attributes.get("class", "").split()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, given))
        if tag == "form":
            self._is_in_form = True
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").upper()))
        elif self._is_in_form and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self._select:
            self._select[1].append(given["value"])
            if "selected" in given:
                self._select[2].append(given["value"])

    def handle_data(self, data: str) -> None:
        if self.elements:
            self.elements[-1].words += data
        if self._textarea:
            fields = self.forms[-1].fields
            # The line break right after the start tag does not belong to the value.
            fields[self._textarea] = (fields[self._textarea] + data).removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_in_form = False
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select" and self._select:
            name, offered, chosen = self._select
            self.forms[-1].fields[name] = (chosen or offered)[0]
            self._select = None

    def _field(self, tag: str, given: Attributes) -> None:
        fields = self.forms[-1].fields
        if tag == "textarea":
            self._textarea = given["name"]
            fields[given["name"]] = ""
        elif tag == "select":
            self._select = (given["name"], [], [])
        elif tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            fields.add(given["name"], given.get("value", ""))


class FormBrowser:
    """One person's browser."""

    def __init__(self, app: Flask, languages: str = "en") -> None:
        self._client = app.test_client()
        self._headers = {"Accept": "text/html,*/*;q=0.5", "Accept-Language": languages}
        self.url = "/"
        self.answer: TestResponse
        self.page: Page

    def open(self, path: str) -> "FormBrowser":
        """Open a page and follow where it leads."""
        headers = {**self._headers, "Sec-Fetch-Site": "none"}
        return self._read(self._client.get(path, headers=headers, follow_redirects=True))

    def press(
        self, changes: dict[str, Any] | None = None, *, form: int = 0, button: Element | None = None
    ) -> "FormBrowser":
        """Send a form of the open page with some values changed; None leaves a field out.

        By a ``button`` of its own, if one is given, else by the form's first.
        """
        found = self.page.forms[form]
        fields = {name: found.fields.getlist(name) for name in found.fields}
        for name, value in (changes or {}).items():
            fields[name] = value if isinstance(value, list) else [] if value is None else [value]
        # Browsers send line breaks this way, and read them as one character.
        fields = {name: [item.replace("\n", "\r\n") for item in values] for name, values in fields.items()}
        headers = {**self._headers, "Sec-Fetch-Site": "same-origin"}
        target = urljoin(self.url, found.action or self.url)
        if button is not None:
            target = urljoin(target, button.attributes.get("formaction", ""))
            if name := button.attributes.get("name"):
                fields[name] = [button.attributes["value"]]
        answer = self._client.post(
            target,
            data=urlencode(fields, doseq=True),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
            follow_redirects=True,
        )
        return self._read(answer)

    def cookie(self, name: str) -> str | None:
        """The value of a cookie, if there is one."""
        found = self._client.get_cookie(name)
        return found.value if found else None

    def keep_cookie(self, name: str, value: str) -> None:
        """Take a cookie as if a page had set it."""
        self._client.set_cookie(name, value)

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def language(self) -> str:
        """The language that the page says it is in."""
        return self.page.all("html")[0].attributes["lang"]

    @property
    def heading(self) -> str:
        """The page's one heading of the first rank."""
        [heading] = self.page.all("h1")
        return heading.words.strip()

    def _read(self, answer: TestResponse) -> "FormBrowser":
        self.answer = answer
        self.url = answer.request.full_path.removesuffix("?")
        self.page = Page(answer.get_data(as_text=True).replace("\r\n", "\n"))
        return self


def switch(browser: FormBrowser, language: str) -> Element:
    """The button of the language switch."""
    [found] = [
        button
        for button in browser.page.all("button")
        if (button.attributes.get("name"), button.attributes.get("value")) == ("language_switch", language)
    ]
    return found
