"""An application that has not been submitted, stored behind a link mailed to its author."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.frozen import Frozen

# How many expired ones are deleted in one transaction.
ERASED_AT_ONCE = 200


class Draft(Frozen):
    """``id`` is that of its link, and of the partner that the application will be.

    ``answers`` are as the API's body has them, as far as somebody got; nothing of them is checked yet.
    ``member_id`` stands for the writer in what is told, ``email`` is where the link goes.
    """

    id: UUID
    member_id: UUID
    email: str
    answers: Mapping[str, Any]
    saved_at: datetime
    expires_at: datetime
