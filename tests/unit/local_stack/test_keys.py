"""The secrets of a stack: what was drawn stays, what is missing or about to end is drawn anew."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from chassis.identity.ops_tokens import OpsTokenVerifier, sign_ops_token
from chassis.identity.roles import ROLES
from chassis.identity.signing_keys import read_private_key, read_public_key
from local_stack.keys import keep_keys


@pytest.mark.parametrize(("days", "is_kept"), [(40, True), (20, False), (-1, False)])
def test_the_stacks_own_token_is_renewed_in_time(tmp_path: Path, days: int, is_kept: bool) -> None:
    drawn = json.loads((tmp_path / "keys.json").read_text()) if keep_keys(tmp_path) else {}
    old = sign_ops_token(read_private_key(drawn["ops_private"]), "old", ROLES, timedelta(days=days))
    before_people = {name: value for name, value in drawn.items() if name != "issuer_secret"}
    (tmp_path / "keys.json").write_text(json.dumps(before_people | {"ops_token": old}))
    keys = keep_keys(tmp_path)
    assert (keys.ops_token == old) is is_kept
    assert OpsTokenVerifier(read_public_key(keys.ops_public)).verify(keys.ops_token).roles == set(ROLES)
    assert (keys.scim_token, keys.session_private) == (drawn["scim_token"], drawn["session_private"])
    assert keep_keys(tmp_path) == keys, "also the secret that an older stack lacked"
