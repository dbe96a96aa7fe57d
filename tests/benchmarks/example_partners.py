"""Companies as in examples/partners.json, each there under a name, number and mail domain of its own."""

import json
from itertools import cycle, islice
from typing import Any

from tests.benchmarks.servers import REPOSITORY

Application = dict[str, Any]

# As the registers of these countries write them; the rules leave other forms to a person.
_NUMBERS = {"DE": "HRB {0:06}", "CH": "CHE-{0:09}"}


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
            "registration_number": _NUMBERS.get(company["country"], "No. {0}").format(100_000 + number),
            "website": company["website"].replace("www.", f"www{number}."),
        },
        "contact": _person(application["contact"], number),
        "members": [_person(member, number) for member in application["members"]],
    }


def _person(person: dict[str, str], number: int) -> dict[str, str]:
    return person | {"email": person["email"].replace("@", f"@www{number}.")}
