"""What holds for every handler of onboarding."""

from collections.abc import Iterator

import pytest
from tests.unit.onboarding.companies import policies
from tests.unit.onboarding.fake_work import FakeWork


@pytest.fixture(autouse=True)
def every_change_of_a_partner_is_told(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever saves a partner or its plan tells the snapshot too."""
    opened: list[FakeWork] = []
    monkeypatch.setattr(FakeWork, "opened", opened)
    yield
    assert [work.untold() for work in opened if work.untold()] == []


@pytest.fixture
def work() -> FakeWork:
    return FakeWork(policies())
