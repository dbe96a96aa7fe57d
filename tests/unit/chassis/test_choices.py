"""One of a few words, which becomes the member of the enum that it names."""

from enum import StrEnum

import pytest
from marshmallow import ValidationError

from chassis.http.strict_fields import Choice


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def test_a_word_of_an_enum_becomes_its_member() -> None:
    """Handlers ask by identity: a bare word would be equal, and not the same."""
    assert Choice(Colour).deserialize("red") is Colour.RED


def test_another_word_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValidationError, match="Must be one of: red, blue"):
        Choice(Colour).deserialize("RED")
