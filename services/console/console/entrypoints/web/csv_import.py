"""Applications from a CSV file as spreadsheets write it: limited in size, UTF-8 or UTF-16."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from operator_client.operator import Facts

MOST_BYTES = 128 * 1024
MOST_ROWS = 200
COMPANY = ("legal_name", "registration_number", "country", "website")
CONTACT = ("given_name", "family_name", "email")
LISTS = ("competences", "products_wanted")
OTHERS = ("partner_type", "expected_benefits", "language")
COLUMNS = (*COMPANY, "partner_type", *CONTACT, "language", *LISTS, "expected_benefits")
NEEDED = frozenset({*COMPANY, "partner_type", "given_name", "email", "language"})
_DELIMITERS = (",", ";", "\t")
# A spreadsheet would read this as a formula; exports, ours included, put an apostrophe before it.
_FORMULA = ("=", "+", "-", "@")


class FileRefused(Exception):
    """The file cannot be read; `word` says why, ``told`` what is wrong."""

    def __init__(self, word: str, **told: object) -> None:
        super().__init__(word)
        self.word, self.told = word, told


@dataclass(frozen=True)
class Row:
    """A row of the file, numbered as in a spreadsheet."""

    number: int
    application: Facts

    @property
    def name(self) -> str:
        return str(self.application["company"]["legal_name"])


def decoded(data: bytes) -> str:
    """The text, with uniform line endings. Raises FileRefused.

    The limit applies to UTF-8, in which it is carried from page to page, whatever the encoding of the file.
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused("encoding") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode()) > MOST_BYTES:
        raise FileRefused("too-large", most=MOST_BYTES // 1024)
    return text


def rows_of(text: str) -> list[Row]:
    """Each row that is not empty. Raises FileRefused."""
    if "\0" in text:
        raise FileRefused("encoding")
    head = text.partition("\n")[0]
    lines = csv.reader(StringIO(text), delimiter=max(_DELIMITERS, key=head.count), strict=True)
    try:
        names = [name.strip().lower() for name in next(lines, [])]
        _check(names)
        return list(_read(names, lines))
    except csv.Error as error:
        raise FileRefused("broken", line=lines.line_num, error=str(error)) from None


def _check(names: Sequence[str]) -> None:
    if missing := [name for name in COLUMNS if name in NEEDED and name not in names]:
        raise FileRefused("missing", names=", ".join(missing))
    wrong = [name[:50] for name in names if name not in COLUMNS or names.count(name) > 1]
    if wrong:
        raise FileRefused("unknown", names=", ".join(wrong))


def _read(names: Sequence[str], lines: Iterator[list[str]]) -> Iterator[Row]:
    count = 0
    for number, cells in enumerate(lines, start=2):
        if not any(map(str.strip, cells)):
            continue
        count += 1
        if count > MOST_ROWS:
            raise FileRefused("too-many", most=MOST_ROWS)
        if len(cells) != len(names):
            raise FileRefused("ragged", row=number, cells=len(cells), columns=len(names))
        yield Row(number, _application(dict(zip(names, map(_plain, cells), strict=True))))


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _application(cells: dict[str, str]) -> Facts:
    """As the API expects it; empty optional fields are left out."""
    lists: dict[str, Any] = {name: cells.get(name, "").replace(",", ";").split(";") for name in LISTS}
    return {
        "company": {name: cells[name] for name in COMPANY},
        "contact": {name: cells[name] for name in CONTACT if cells.get(name)},
        **{name: cells[name] for name in OTHERS if cells.get(name)},
        **{name: [value.strip() for value in values if value.strip()] for name, values in lists.items()},
    }
