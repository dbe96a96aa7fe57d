"""Ids as people paste them."""

from uuid import UUID


def whole_id(text: str) -> str | None:
    """The id in its usual form, None for anything else."""
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return None
