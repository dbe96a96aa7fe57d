"""The local stack makes itself an integrator, once, and a new token where the one it has is worth nothing."""

from pathlib import Path

from tests.integration.integrations.conftest import World
from tests.served import served

from local_stack.processes.integrator import PERSON, ensure_integrator, kept_token


def test_a_stack_has_a_token_that_opens(world: World, tmp_path: Path) -> None:
    assert kept_token(tmp_path) is None
    with served(world.service.create_web_app()) as url:
        ensure_integrator(tmp_path, url, world.ops_token)
        first = kept_token(tmp_path)
        ensure_integrator(tmp_path, url, world.ops_token)
        assert kept_token(tmp_path) == first
        world.change("UPDATE api_tokens SET revoked_at = now()")
        ensure_integrator(tmp_path, url, world.ops_token)
    assert kept_token(tmp_path) not in {None, first}
    assert len(world.rows("SELECT 1 FROM integrators")) == 1
    assert [row["email"] for row in world.rows("SELECT email FROM people")] == [PERSON["email"]]
    assert (tmp_path / "integrator.json").stat().st_mode & 0o777 == 0o600
