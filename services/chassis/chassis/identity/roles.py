"""The roles of operators; each includes the ones before it.

``viewer`` reads what is not personal; ``reviewer`` also decides applications and views people's data, with a
reason; ``operator`` also acts on access, messages and events; ``admin`` may do everything.

``learning_records`` is separate: a learning system's token reports what was learned, and may do nothing else.
"""

from collections.abc import Collection

VIEWER = "viewer"
REVIEWER = "reviewer"
OPERATOR = "operator"
ADMIN = "admin"
ROLES = (VIEWER, REVIEWER, OPERATOR, ADMIN)
LEARNING_RECORDS = "learning_records"
ROLES_OF_MACHINES = (*ROLES, LEARNING_RECORDS)


def highest_role(roles: Collection[str]) -> str | None:
    """The highest known role; None if none is known."""
    return next((role for role in reversed(ROLES) if role in roles), None)


def includes(role: str | None, needed: str) -> bool:
    """Whether ``role`` includes ``needed``."""
    return role is not None and ROLES.index(role) >= ROLES.index(needed)
