"""Finds the owner of a resource from its name; the reverse of `names`."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

from provisioning.adapters.aws import names
from provisioning.domain.findings import Mark
from provisioning.domain.orders import BEFORE_ENTRY, GrantOrder

_WORDS = rf"(?:(?!{BEFORE_ENTRY})[a-z0-9-]){{1,20}}"
_SLUG = rf"(?P<slug>{_WORDS}(?:{BEFORE_ENTRY}(?P<entry>[a-z0-9]+))?-(?P<partner>[0-9a-f]{{12}}))"
_OF_PARTNER = re.compile(rf"{names.OWNER}-{_SLUG}")
_IN_PARTNERS_NAME = re.compile(rf"{names.OWNER}-{_SLUG}-(?P<rest>[a-z][a-z0-9-]*|[0-9a-f]{{12}})")
_OF_DEVICE = re.compile(r"device-(?P<device>[0-9a-f]{12})")
_OF_BUDGET = re.compile(rf"{_SLUG}-(?P<grant>[0-9a-f]{{12}})")
_OF_ACCOUNT = re.compile(rf"{names.OWNER}-(?P<grant>[0-9a-f]{{12}})")

_NO_ID = UUID(int=0)


def of_partner(name: str) -> Mark | None:
    """The owner by a name made with `names.of_partner` or `names.of_database`."""
    return _mark(_OF_PARTNER.fullmatch(name.replace("_", "-")))


def of_partners(name: str) -> Mark | None:
    """The owner by a name that begins with the partner's slug: a thing, a seat."""
    found = _IN_PARTNERS_NAME.fullmatch(name)
    mark, device = _mark(found), found and _OF_DEVICE.fullmatch(found["rest"])
    return replace(mark, device_digits=device["device"]) if mark and device else mark


def of_device_policy(name: str) -> Mark | None:
    """The owner by the name of a policy for the gateway or for further devices."""
    return of_partner(name.removesuffix(names.DEVICES))


def of_budget(name: str) -> Mark | None:
    """The owner by a name made with `names.of_budget`."""
    return _mark(_OF_BUDGET.fullmatch(name))


def of_account(name: str) -> Mark | None:
    """The owner by a name made with `names.of_account`; earlier releases named accounts like budgets."""
    return _mark(_OF_ACCOUNT.fullmatch(name)) or of_budget(name)


def id_in(text: str) -> UUID | None:
    """The id in a tag or a name; None for anything that is not an id."""
    try:
        return UUID(text)
    except ValueError:
        return None


def order_of(name: str, *, grant_id: UUID = _NO_ID) -> GrantOrder:
    """Return an order with which a step finds the resource of this name; only for undoing."""
    found = _OF_PARTNER.fullmatch(name.replace("_", "-")) or _OF_BUDGET.fullmatch(name)
    slug = found["slug"] if found else ""
    if found and "grant" in found.re.groupindex:
        grant_id = UUID(int=int(found["grant"], 16))
    nothing: Any = {"legal_name": "", "country": "", "partner_type": "", "tier": "", "language": ""}
    return GrantOrder(
        partner_id=_NO_ID,
        grant_id=grant_id,
        product="",
        slug=slug,
        members=(),
        parameters={},
        **nothing,
    )


def _mark(found: re.Match[str] | None) -> Mark | None:
    if found is None:
        return None
    said = found.groupdict()
    return Mark(
        partner_digits=said.get("partner"),
        grant_digits=said.get("grant"),
        entry_name=said.get("entry") or "",
    )
