"""An application that is not sent yet, kept behind the link that was mailed to its writer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.frozen import Frozen

# How many go in one transaction once their time is over.
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
