"""Types of columns that make of a row what the domain has."""

from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ARRAY, Dialect, Text
from sqlalchemy.types import TypeDecorator

Word = TypeVar("Word", bound=StrEnum)

# An array of the database, a tuple here.
TEXTS = ARRAY(Text, as_tuple=True)


class OneOf(TypeDecorator[Word]):
    """Text of the database, a member of the enum here; raises ValueError for a word that it does not have."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.words = words

    def process_result_value(self, value: str | None, dialect: Dialect) -> Word | None:
        return None if value is None else self.words(value)
