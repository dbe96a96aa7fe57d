"""Shapes that the operators' requests share."""

from functools import partial

from chassis.http.strict_fields import LONGEST_REASON, Name, StrictSchema, Text

# As long as the attributes of an event may be.
Subject = partial(Name, most=512)

Reason = partial(Name, required=True, most=LONGEST_REASON)


class ReasonSchema(StrictSchema):
    reason = Reason()


class StatedReason(StrictSchema):
    """Why an operator does it; kept in the operators' log."""

    reason = Text(required=True)
