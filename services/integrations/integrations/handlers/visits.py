"""What a page asks for is made once, however often its button is clicked."""

from uuid import UUID, uuid5

from uuid_utils.compat import uuid7


def id_for(owner: UUID, kind: str, visit: UUID | None, said: object = "") -> UUID:
    """The id of what a visit to a page makes, the same for each click; a new one where there was no page.

    Other values in the same form make another one.
    """
    return uuid7() if visit is None else uuid5(owner, f"{kind} {visit} {said}")
