"""One whole local stack per test run."""

from collections.abc import Iterator

import pytest
from tests.end_to_end.stacks import LocalStack, new_stack


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The stack that all end-to-end tests share, with quick retries."""
    stack = new_stack(
        tmp_path_factory.mktemp("stack"), STEP_RETRY_FIRST_SECONDS="0.2", MAIL_RETRY_FIRST_SECONDS="0.2"
    )
    started = stack.gangway("up")
    if started.returncode != 0:
        pytest.fail(f"the stack did not start:\n{started.stdout}\n{started.stderr}")
    yield stack
    stack.gangway("down")
