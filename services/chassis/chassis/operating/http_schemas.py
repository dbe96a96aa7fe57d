"""Shapes that the operators' requests share."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import ValidationError, validates_schema

from chassis.http.principals import Kind, current_principal
from chassis.http.strict_fields import LONGEST_REASON, Name, StrictSchema, Text

# As long as the attributes of an event may be.
Subject = partial(Name, most=512)

Reason = partial(Name, required=True, most=LONGEST_REASON)


class ReasonSchema(StrictSchema):
    reason = Reason()


class ReasonOfOperator(StrictSchema):
    """Why an operator does it, who has to say so; kept in the operators' log. Others need not say why."""

    reason = Text()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def operators_say_why(self, data: dict[str, Any], original: object, **_: Any) -> None:
        if not isinstance(original, Mapping):
            return  # It is refused as a whole.
        if current_principal().kind is Kind.OPERATOR and "reason" not in original:
            raise ValidationError("Missing data for required field.", "reason")


class StatedReason(StrictSchema):
    """Why an operator does it; kept in the operators' log."""

    reason = Text(required=True)
