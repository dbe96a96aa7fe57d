"""Which partner, grant or dead letter is meant: an id, the beginning of one, or a company's name.

Acts must be certain: for them a name counts only in full. Queries accept any search words.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any
from unicodedata import normalize
from uuid import UUID

from operator_client.http import OperatorsFailure
from operator_client.operations import OPERATIONS, list_of
from operator_client.operator import Facts, Operator

LEAST_CHARACTERS = 6
MOST_LOOKED_AT = 2_000
MOST_NAMED = 10
DIGITS_OF_ACCOUNT = 12

# Only failed mails are ever the object of an act.
_FAILED = {"message_id": "GET /v1/failed-messages"}
_BEGINNING = re.compile(rf"[0-9a-f-]{{{LEAST_CHARACTERS},}}", re.IGNORECASE)


class Unclear(OperatorsFailure):
    """Nothing, or more than one thing, matches."""


def whole_id(wanted: str) -> str | None:
    """The id in its usual form, None for anything else."""
    try:
        return str(UUID(wanted))
    except ValueError:
        return None


def find_partner(operator: Operator, wanted: str, *, by_words: bool = False) -> str:
    """The id of the one partner that is meant. Raises Unclear."""
    if known := whole_id(wanted):
        return known
    if _BEGINNING.fullmatch(wanted):
        lines = _partners(operator, wanted.replace("-", ""))
        if matches := [line for line in lines if _begins(line["partner_id"], wanted)]:
            return str(_only(wanted, matches)["partner_id"])
    if not any(character.isalnum() for character in wanted):
        raise Unclear("Name a partner: its id, the beginning of it, or the company's name.")
    lines = _partners(operator, wanted)
    named = [line for line in lines if _whole_name(line["legal_name"]) == _whole_name(wanted)]
    if not named and lines and not by_words:
        raise Unclear(f"No partner is called exactly {wanted!r}; there is {_told(lines)}.")
    return str(_only(wanted, named or lines)["partner_id"])


def is_findable(id_name: str) -> bool:
    """Whether the beginning of such an id suffices."""
    return id_name in ("partner_id", "member_id") or _list_of(id_name) is not None


def find(
    operator: Operator,
    id_name: str,
    wanted: str,
    *,
    by_words: bool = False,
    service: str | None = None,
    **known: Any,
) -> str:
    """The whole id; its list may need some of ``known``, the other ids of the command. Raises Unclear."""
    if id_name == "partner_id":
        return find_partner(operator, wanted, by_words=by_words)
    if id_name == "member_id":
        partner = operator.partner(known["partner_id"])
        return find_id(wanted, [partner["contact"], *partner["members"]], id_name)
    row = str(_list_of(id_name))
    things = operator.all(row, service, **{name: known[name] for name in OPERATIONS[row].names_in_path})
    if id_name == "account_key" and len(wanted) == DIGITS_OF_ACCOUNT and wanted.isdigit():
        everything = list(things)
        numbered = [one for one in everything if one["account_id"] == wanted]
        return str(numbered[0][id_name]) if numbered else find_id(wanted, everything, id_name)
    return find_id(wanted, things, "id" if id_name == "letter_id" else id_name)


def find_id(wanted: str, things: Iterable[Facts], id_name: str) -> str:
    """The whole id that is meant; `things` are read only for the beginning of an id. Raises Unclear."""
    if known := whole_id(wanted):
        return known
    if not _BEGINNING.fullmatch(wanted):
        raise Unclear(
            f"{wanted!r} is no id, and no beginning of one with at least {LEAST_CHARACTERS} characters."
        )
    looked_at = list(islice(things, MOST_LOOKED_AT + 1))
    if len(looked_at) > MOST_LOOKED_AT:
        raise Unclear("There are too many to look for the beginning of an id: give the whole id.")
    return str(
        _only(wanted, [thing for thing in looked_at if _begins(thing[id_name], wanted)], id_name)[id_name]
    )


def _list_of(id_name: str) -> str | None:
    return _FAILED.get(id_name) or list_of(id_name)


def _partners(operator: Operator, words: str) -> list[Facts]:
    return list(islice(operator.all("GET /v1/partners", search=words), MOST_LOOKED_AT))


def _whole_name(name: str) -> str:
    """Ignoring case; unlike `str.casefold` it distinguishes Strasse GmbH from Straße GmbH."""
    return normalize("NFC", normalize("NFC", name).lower())


def _begins(whole: str, wanted: str) -> bool:
    return whole.replace("-", "").startswith(wanted.replace("-", "").lower())


def _only(wanted: str, matches: list[Facts], id_name: str = "partner_id") -> Facts:
    if not matches:
        raise Unclear(f"Nothing matches {wanted!r}.")
    if len(matches) > 1:
        raise Unclear(f"{wanted!r} may mean {_told(matches, id_name)}: give the whole id.")
    return matches[0]


def _told(matches: list[Facts], id_name: str = "partner_id") -> str:
    named = [" ".join(_facts_of(match, id_name)) for match in matches[:MOST_NAMED]]
    more = [f"{len(matches) - MOST_NAMED} more"] if len(matches) > MOST_NAMED else []
    return ", ".join(named + more)


def _facts_of(match: Facts, id_name: str) -> list[str]:
    names = (id_name, "legal_name", "product", "state")
    return [str(match[name]) for name in names if match.get(name)]
