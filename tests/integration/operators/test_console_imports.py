"""Applications from a CSV file: previewed by row and field, brought in once however often it is sent."""

import re
from html import unescape
from io import BytesIO

import pytest
from tests.integration.operators.busy_day import as_somebody
from tests.integration.operators.conftest import CONSOLE, CommandLine, ConsoleBrowser, Services
from werkzeug.test import TestResponse

HEAD = ";".join(
    (
        *("legal_name", "registration_number", "country", "website", "partner_type"),
        *("given_name", "family_name", "email", "language", "competences"),
    )
)


def line(number: int, **changes: str) -> str:
    cells = {
        "legal_name": f"Firma {number} GmbH",
        "registration_number": f"HRB 80{number}",
        "country": "DE",
        "website": f"https://einfuhr{number}.example",
        "partner_type": "reseller",
        "given_name": "Bo",
        "family_name": "Li",
        "email": f"bo@einfuhr{number}.example",
        "language": "de",
        "competences": "cloud; iot",
        **changes,
    }
    return ";".join(f'"{cell}"' for cell in cells.values())


def previewed(console: ConsoleBrowser, data: bytes) -> TestResponse:
    form = {"file": (BytesIO(data), "partners.csv")}
    headers = {"Accept": "text/html", "Origin": CONSOLE}
    return console.http.post("/imports/preview", data=form, headers=headers)


def fields_of(page: str) -> dict[str, list[str]]:
    """What the form of the page carries on."""
    found = {
        "text": [unescape(text) for text in re.findall(r'name="text" hidden>\n(.*?)</textarea>', page, re.S)]
    }
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(value))
    return found


def names(services: Services) -> list[str]:
    with services.onboarding.service.open_work() as work:
        query = "SELECT legal_name FROM partners ORDER BY legal_name"
        return list(work.connection.exec_driver_sql(query).scalars())


def test_a_file_is_previewed_brought_in_and_not_twice(
    console: ConsoleBrowser, services: Services, gangway: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.entrypoints.web.pages.imports.ROWS_PER_STEP", 2)
    wrong = line(3, website="ftp://x", email="nobody", legal_name="'=Formel GmbH")
    data = "\r\n".join([HEAD, line(1), line(2), wrong, "", line(4)]).encode("utf-16")
    page = previewed(console, data).text
    assert "Rows: 4. Rows with errors: 1." in page
    assert "<td>4</td><td>=Formel GmbH</td>" in page
    assert "email: " in page
    assert "website: " in page
    assert names(services) == []
    text = fields_of(page)["text"]
    assert console.post("/imports/run", text=text).status_code == 422, "without a reason"
    step = console.post("/imports/run", text=text, reason="Fair of June.").text
    assert "2 of 4 rows. New: 2." in step
    assert 'hx-trigger="load' in step
    rest = console.post("/imports/run", **fields_of(step)).text
    assert "4 of 4 rows. New: 3. Imported before: 0. Refused: 1." in rest
    assert "hx-trigger" not in rest
    assert names(services) == ["Firma 1 GmbH", "Firma 2 GmbH", "Firma 4 GmbH"]
    again = console.post(
        "/imports/run", text=fields_of(previewed(console, data).text)["text"], reason="Again."
    )
    assert "New: 0. Imported before: 2." in again.text
    assert len(names(services)) == 3
    acts = gangway.tells("audit", "list", "--action", "import application")
    assert [act["reason"] for act in acts] == ["Fair of June."] * 3


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Missing columns"),
        (b"legal_name\nX", "Missing columns: registration_number"),
        (f"{HEAD};price\n".encode(), "Unknown or duplicate columns: price"),
        (f"{HEAD}\nM\xfcller".encode("latin-1"), "not UTF-8"),
        (f"{HEAD}\n\0".encode(), "not UTF-8"),
        (f"{HEAD}\none;two".encode(), "Row 2 has 2 cells, but there are 10 columns"),
        (f'{HEAD}\n"one'.encode(), "cannot be read"),
        (f"{HEAD}\n".encode() + b"x" * 128 * 1024, "larger than 128 KiB"),
        (f"{HEAD}\n{'€' * 60 * 1024}".encode("utf-16"), "larger than 128 KiB"),
        ("\n".join([HEAD, *map(line, range(201))]).encode()[: 127 * 1024], "more than 200 rows"),
    ],
    ids=["empty", "columns", "unknown", "latin-1", "nul", "ragged", "quote", "large", "wider", "many"],
)
def test_a_file_that_cannot_be_read_says_why(
    console: ConsoleBrowser, services: Services, data: bytes, told: str
) -> None:
    answer = previewed(console, data)
    assert answer.status_code == 422
    assert told in answer.text


def test_a_viewer_brings_nothing_in(console: ConsoleBrowser, services: Services) -> None:
    viewer = as_somebody(console.service, "viewer")
    assert "/imports" not in viewer.shows("/partners")
    assert previewed(viewer, f"{HEAD}\n{line(1)}".encode()).status_code == 403


def test_what_is_over_is_brought_in_anew(console: ConsoleBrowser, services: Services) -> None:
    run = {"text": f"{HEAD}\n{line(7)}", "reason": "Fair of June."}
    told = []
    for _ in range(3):
        told.append(console.post("/imports/run", **run).text)
        with services.onboarding.service.open_work() as work:
            expired = "UPDATE partners SET state = 'expired' WHERE legal_name = 'Firma 7 GmbH'"
            work.connection.exec_driver_sql(expired + " AND %s", (len(told) == 1,))
    assert ["New: 1." in text for text in told] == [True, True, False]
