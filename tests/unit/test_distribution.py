"""How the tests are shared out among workers."""

import pytest


def test_the_tests_of_one_file_go_to_one_worker(request: pytest.FixtureRequest) -> None:
    """Else each worker makes what a file shares: whole stacks, servers, migrated databases."""
    is_by_group = request.config.getoption("dist", "no") == "loadgroup"
    assert not is_by_group or request.node.nodeid.endswith(f"@{request.path}")
