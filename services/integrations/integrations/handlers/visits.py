"""A form is carried out once, however often its button is clicked."""

from uuid import UUID, uuid5

from uuid_utils.compat import uuid7


def id_for(owner: UUID, kind: str, visit: UUID | None, said: object = "") -> UUID:
    """The id of what a visit to a page creates, the same for each click; a new one without a page.

    Other values in the same form create another one.
    """
    return uuid7() if visit is None else uuid5(owner, f"{kind} {visit} {said}")
