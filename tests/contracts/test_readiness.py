"""What each process needs before it says that it is ready."""

import pytest
from tests.contracts.services import SERVICES, service


@pytest.mark.parametrize("name", SERVICES)
def test_all_but_the_pages_need_a_database_that_takes_writes(name: str) -> None:
    built = service(name)
    asked = {process: built.checks(process).needed["database"] for process in ("web", "worker", "relay")}
    writing = built.database.ping_for_writing
    assert asked == {"web": built.database.ping, "worker": writing, "relay": writing}


@pytest.mark.parametrize("name", SERVICES)
def test_who_ends_things_by_time_needs_the_right_one(name: str) -> None:
    built = service(name)
    with_clock = [
        process for process in ("web", "worker", "relay") if "clock" in built.checks(process).needed
    ]
    assert with_clock == ["worker"]
