"""A list that is too long is refused before anything in it is read."""

from typing import Any

import pytest
from marshmallow import ValidationError, fields

from chassis.http.strict_fields import ShortList, StrictSchema


class _Counted(fields.Integer):
    read = 0

    def _deserialize(self, *arguments: Any, **kwargs: Any) -> Any:
        type(self).read += 1
        return super()._deserialize(*arguments, **kwargs)


class _Numbers(StrictSchema):
    numbers = ShortList(_Counted(), least=1, most=3)


@pytest.mark.parametrize(("given", "read"), [([1, 2, 3], 3), (["x"] * 4, 0), (["x"] * 100_000, 0), ([], 0)])
def test_so_many_are_read(given: list[Any], read: int) -> None:
    _Counted.read = 0
    errors = _Numbers().validate({"numbers": given})
    assert _Counted.read == read
    assert bool(errors) == (read == 0)


def test_one_too_many_is_one_error() -> None:
    with pytest.raises(ValidationError) as refused:
        _Numbers().load({"numbers": ["x"] * 4})
    assert refused.value.messages == {"numbers": ["Length must be between 1 and 3."]}


def test_what_is_no_list_is_told_as_such() -> None:
    assert _Numbers().validate({"numbers": "123"}) == {"numbers": ["Not a valid list."]}
