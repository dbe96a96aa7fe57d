"""Companies as in examples/partners.json, each there under a name, number and mail domain of its own."""

import json
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

from stdnum import luhn
from stdnum.ch import uid
from stdnum.es import nif
from stdnum.fi import ytunnus
from tests.benchmarks.servers import REPOSITORY

Application = dict[str, Any]


def example_applications(turn: int, count: int) -> list[Application]:
    """So many, the companies that the rules approve by turns."""
    entries = json.loads((REPOSITORY / "examples" / "partners.json").read_text(encoding="utf-8"))
    chosen = [
        entry["application"]
        for entry in entries
        if "review" not in entry and entry.get("outcome", "active") in {"active", "offboarded"}
    ]
    return [
        _another(application, turn * 1_000 + place)
        for place, application in enumerate(islice(cycle(chosen), count))
    ]


def emails_of(application: Application) -> list[str]:
    """The contact's address, then those of the others."""
    return [person["email"] for person in (application["contact"], *application["members"])]


def _another(application: Application, number: int) -> Application:
    company = application["company"]
    return application | {
        "company": company
        | {
            "legal_name": f"{number} {company['legal_name']}",
            "registration_number": _registration_number(company["country"], 100_000 + number),
            "website": company["website"].replace("www.", f"www{number}-"),
        },
        "contact": _person(application["contact"], number),
        "members": [_person(member, number) for member in application["members"]],
    }


def _registration_number(country: str, number: int) -> str:
    """One that the country's register could have given: others are left to a person."""
    siren = f"{number:08}"
    if country == "FR":
        return siren + luhn.calc_check_digit(siren)
    if country == "CH":
        return _with_check_digit(f"CHE{number:07}", uid.is_valid)
    if country == "FI":
        return _with_check_digit(f"{number:06}", ytunnus.is_valid)
    if country == "ES":
        return _with_check_digit(f"B{number:06}", nif.is_valid)
    return f"HRB {number:06}" if country == "DE" else f"No. {number}"


def _with_check_digit(beginning: str, is_valid: Callable[[str], bool]) -> str:
    return next(whole for end in range(100) if is_valid(whole := f"{beginning}{end:02}"))


def _person(person: dict[str, str], number: int) -> dict[str, str]:
    return person | {"email": person["email"].replace("@", f"@www{number}-")}
