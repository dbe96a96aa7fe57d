"""Requests as the catalogue's file writes them: texts with ``{names}``, filled in for each grant."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote

from marshmallow import ValidationError

from chassis.failures import NeverPossible
from provisioning.domain.orders import GrantOrder, Member

_PLACE = re.compile(r"\{([^{}]*)\}")
_PARAMETER = "parameters."

# What may stand in an address, where proxies and logs read it: nothing that tells about a person.
_IN_ADDRESSES: Mapping[str, Callable[[GrantOrder], Any]] = {
    "grant_id": lambda order: str(order.grant_id),
    "partner_id": lambda order: str(order.partner_id),
    "slug": lambda order: order.slug,
    "tier": lambda order: order.tier,
    "partner_type": lambda order: order.partner_type,
    "country": lambda order: order.country,
    "language": lambda order: order.language,
}
_IN_BODIES: Mapping[str, Callable[[GrantOrder], Any]] = {
    **_IN_ADDRESSES,
    "legal_name": lambda order: order.legal_name,
    "contact.email": lambda order: _contact(order).email,
    "contact.given_name": lambda order: _contact(order).given_name,
    "contact.family_name": lambda order: _contact(order).family_name,
    "contact.full_name": lambda order: _contact(order).full_name,
}
RESOURCE_ID = "id"
# One of a kind for each grant of a product, and nothing that a JMESPath would have to escape.
_TELLS_WHOSE = re.compile(r"\{(grant_id|partner_id|slug)\}")


def check_template(value: Any, parameters: Collection[str], *, is_address: bool, has_id: bool) -> None:
    """Raises ValidationError naming every name in braces that cannot be filled in there."""
    known = {*(_IN_ADDRESSES if is_address else _IN_BODIES), *(_PARAMETER + name for name in parameters)}
    if has_id:
        known.add(RESOURCE_ID)
    if wrong := sorted(set(_places(value)) - known):
        there = ", ".join(sorted(known))
        raise ValidationError(f"knows no {', '.join(f'{{{name}}}' for name in wrong)}; there are {there}")


def filled_address(template: str, order: GrantOrder, resource_id: str | None = None) -> str:
    """Each value is one segment of the path, or one value of the query. Raises NeverPossible."""
    return _PLACE.sub(lambda place: _segment(_value(place[1], order, resource_id)), template)


def tells_whose(template: str) -> bool:
    """Whether what it is filled in to fits one grant and no other."""
    return _TELLS_WHOSE.search(template) is not None


def check_places(template: Any, known: Collection[str]) -> None:
    """Raises ValidationError naming every other name in braces."""
    if wrong := sorted(set(_places(template)) - {*known}):
        told = ", ".join(f"{{{name}}}" for name in wrong)
        raise ValidationError(f"may not need {told} where a list is swept: nothing but {', '.join(known)}")


def tells_which(template: str) -> bool:
    """Whether it fits one of several grants that a partner has of the product."""
    return any(place in ("grant_id", "slug") for place in _PLACE.findall(template))


def named_in_path(expression: str, order: GrantOrder) -> str:
    """A JMESPath that compares with the grant's own names."""
    return _TELLS_WHOSE.sub(lambda place: _value(place[1], order, None), expression)


def filled_body(template: Any, order: GrantOrder, resource_id: str | None = None) -> Any:
    """A text that is one name in braces becomes the value itself, a number say."""
    if isinstance(template, Mapping):
        return {name: filled_body(part, order, resource_id) for name, part in template.items()}
    if isinstance(template, list):
        return [filled_body(part, order, resource_id) for part in template]
    if not isinstance(template, str):
        return template
    if whole := _PLACE.fullmatch(template):
        return _value(whole[1], order, resource_id)
    return _PLACE.sub(lambda place: str(_value(place[1], order, resource_id)), template)


def _places(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [place for part in value.values() for place in _places(part)]
    if isinstance(value, list):
        return [place for part in value for place in _places(part)]
    return _PLACE.findall(value) if isinstance(value, str) else []


def _value(name: str, order: GrantOrder, resource_id: str | None) -> Any:
    if name == RESOURCE_ID:
        return resource_id
    if name.startswith(_PARAMETER):
        return _parameter(name.removeprefix(_PARAMETER), order)
    return _IN_BODIES[name](order)


def _parameter(name: str, order: GrantOrder) -> Any:
    """A grant keeps the parameters that it was planned with, also when the catalogue has more by now."""
    if name not in order.parameters:
        message = f"The grant has no parameter {name}, which its product did not have when it was planned."
        raise NeverPossible("parameter_missing", message)
    return order.parameters[name]


def _segment(value: Any) -> str:
    text = str(value)
    if text in {"", ".", ".."}:
        raise NeverPossible("unusable_id", f"{text!r} is no id that can stand in an address.")
    return quote(text, safe="")


def _contact(order: GrantOrder) -> Member:
    for member in order.members:
        if member.is_contact:
            return member
    raise NeverPossible("contact_missing", "The partner has no contact who could be told to the product.")
