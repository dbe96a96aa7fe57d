"""The events as integrators may see them, read from the contracts."""

import pytest

from contract_tools.validation import validator
from integrations.adapters.event_contracts import read_catalogue
from integrations.domain.event_types import EventType
from local_stack.settings import REPOSITORY

CATALOGUE = read_catalogue(REPOSITORY / "contracts")


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=list(CATALOGUE))
def test_the_schema_that_is_shown_takes_an_event_without_what_is_personal(kind: EventType) -> None:
    told = kind.without_personal(kind.example)
    assert list(validator(kind.schema).iter_errors(told)) == []
    assert list(validator(kind.schema).iter_errors(kind.example)) == []
    assert kind.is_personal or told == kind.example
