"""Devices for whoever asks: a partner for its own grants, an operator for everybody's."""

from uuid import UUID

from chassis.http.principals import Kind, current_principal


def acting_partner() -> UUID | None:
    """The partner who asks, whose grants alone are found; None for an operator."""
    who = current_principal()
    return UUID(who.name) if who.kind is Kind.SUBJECT else None


def acting_name() -> str:
    """Who adds or removes, as it is kept with the device."""
    return "partner" if acting_partner() else current_principal().name
