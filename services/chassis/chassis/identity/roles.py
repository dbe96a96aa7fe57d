"""The roles of operators; each may do all that the ones before it may.

``viewer`` reads what is not personal; ``reviewer`` also decides applications and looks at people, with a
reason; ``operator`` also acts on access, messages and events; ``admin`` may all.

``learning_records`` stands apart: a learning system's token tells what was learned, and may nothing else.
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
    """The one that counts; None if none is known here."""
    return next((role for role in reversed(ROLES) if role in roles), None)


def includes(role: str | None, needed: str) -> bool:
    """Whether somebody with ``role`` may do what is open to ``needed``."""
    return role is not None and ROLES.index(role) >= ROLES.index(needed)
