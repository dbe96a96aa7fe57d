"""One whole local stack per test run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.end_to_end.event_log import EventLog
from tests.end_to_end.partners import Vendor
from tests.end_to_end.stacks import LocalStack, odd_stack

START_SECONDS = 400  # a whole stack may have to come up within a test's time, on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that may start a stack the time for it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(START_SECONDS))


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The stack of all end-to-end tests: at an odd place, started by two at once, with quick retries."""
    stack = odd_stack(
        tmp_path_factory.mktemp("stack"), STEP_RETRY_FIRST_SECONDS="0.2", MAIL_RETRY_FIRST_SECONDS="0.2"
    )
    said = stack.started_twice()
    assert sum("Gangway is up." in text for text in said) == 1
    assert sum("Gangway is already running." in text for text in said) == 1
    yield stack
    breaches = EventLog(stack.addresses["kafka"]).breaches()
    stack.gangway("down")
    if breaches:
        pytest.fail("sent against the contracts:\n" + "\n".join(breaches))


@pytest.fixture(scope="session")
def vendor(local_stack: LocalStack) -> Iterator[Vendor]:
    """The shared stack as people and programs use it."""
    vendor = Vendor(local_stack)
    yield vendor
    vendor.close()


@pytest.fixture
def event_log(local_stack: LocalStack) -> EventLog:
    """The shared stack's Kafka."""
    return EventLog(local_stack.addresses["kafka"])
