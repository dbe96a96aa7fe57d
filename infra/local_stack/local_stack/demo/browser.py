"""A browser without JavaScript: opens pages, keeps cookies, fills in and submits forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from operator_client.http import LIMITS


@dataclass
class Form:
    """One `<form>` of a page, with the values it would submit unchanged."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class PageError(Exception):
    """A page answered with an error, or has not the form that a person would use."""


class Browser:
    """One person's browser; cookies last as long as the object."""

    def __init__(self) -> None:
        self._client = httpx.Client(
            headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
            follow_redirects=True,
            timeout=30,
            limits=LIMITS,
        )
        self.url = ""
        self.html = ""

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def open(self, url: str) -> None:
        """Open a page. Raises PageError for a status of 400 and above."""
        self._read(self._client.get(url))

    def submit(self, action: str, values: Mapping[str, str | list[str]] | None = None) -> None:
        """Submit the form of the open page whose action contains `action`, with some values changed."""
        form = self._form(action)
        fields: dict[str, str | list[str]] = {**form.fields, **(values or {})}
        target = urljoin(self.url, form.action)
        origin = httpx.URL(target).copy_with(path="/", query=None)
        self._read(
            self._client.request(
                form.method,
                target,
                data=fields,
                headers={"Origin": str(origin).rstrip("/"), "Referer": self.url},
            )
        )

    def _form(self, action: str) -> Form:
        forms = _FormReader.read(self.html)
        for form in forms:
            if form.method == "POST" and action in urljoin(self.url, form.action):
                return form
        raise PageError(f"{_without_token(self.url)} has no form for {action!r}")

    def _read(self, response: httpx.Response) -> None:
        self.url, self.html = str(response.url), response.text
        if response.is_error:
            raise PageError(f"{_without_token(self.url)} answered {response.status_code}")


def _without_token(url: str) -> str:
    """The address of a page, safe to show: long path segments are secrets."""
    return "/".join(part if len(part) < 60 else "…" for part in url.split("/"))


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False
        self._textarea: str | None = None

    @classmethod
    def read(cls, html: str) -> list[Form]:
        reader = cls()
        reader.feed(html)
        return reader.forms

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = True
            self.forms.append(Form(attributes.get("action", ""), attributes.get("method", "get").upper()))
        elif self._inside and tag == "input" and attributes.get("name"):
            ticked = attributes.get("type") not in {"checkbox", "radio"} or "checked" in attributes
            if ticked:
                self.forms[-1].fields[attributes["name"]] = attributes.get("value", "")
        elif self._inside and tag == "textarea" and attributes.get("name"):
            self._textarea = attributes["name"]
            self.forms[-1].fields[self._textarea] = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1].fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._textarea = None
