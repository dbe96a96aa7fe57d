"""Where the command line goes, with which token, and what it says when nobody answers."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from tests.integration.operators.conftest import OPS, CommandLine, Services, ops_token

from chassis.identity.ops_tokens import OpsTokenVerifier
from chassis.identity.revoked_tokens import RevokedTokens
from chassis.identity.signed_tokens import TokenInvalid
from chassis.identity.signing_keys import read_public_key
from local_stack.token_log import tokens_in
from operator_cli.private_files import write_private_json


def at_home(home: Path, **environ: str) -> CommandLine:
    return CommandLine({"GANGWAY_HOME": str(home), **environ})


def stack_at(home: Path, urls: dict[str, str]) -> None:
    addresses = {name.lower(): url for name, url in urls.items()} | {"ops_token": ops_token("operator")}
    (home / "addresses.json").write_text(json.dumps(addresses))


def test_the_local_stack_is_found_with_its_token(
    urls: dict[str, str], services: Services, tmp_path: Path
) -> None:
    stack_at(tmp_path, urls)
    partner_id = services.onboarding.applied()
    [line] = at_home(tmp_path).tells("partners", "list")
    assert line["partner_id"] == partner_id
    own_token = at_home(tmp_path, GANGWAY_OPS_TOKEN=ops_token("viewer"))
    assert "lacks the role" in own_token.fails("partners", "suspend", partner_id, "--reason", "No.")


def test_a_stack_without_integrations_is_asked_for_the_rest(
    urls: dict[str, str], services: Services, tmp_path: Path
) -> None:
    stack_at(tmp_path, {name: url for name, url in urls.items() if name != "INTEGRATIONS"})
    for asked in (("dead-letters", "list"), ("lanes", "list"), ("lanes", "holes"), ("audit", "list")):
        assert at_home(tmp_path).tells(*asked) == []
    sentence = at_home(tmp_path).fails("dead-letters", "list", "--service", "integrations")
    assert sentence == "Error: Say where integrations is: --integrations-url."
    assert "--integrations-url" in at_home(tmp_path).fails("integrators", "list")


def test_the_stacks_token_never_goes_to_an_address_given_by_hand(
    urls: dict[str, str], tmp_path: Path
) -> None:
    stack_at(tmp_path, urls)
    sentence = at_home(tmp_path).fails("partners", "list", "--onboarding-url", urls["ONBOARDING"])
    assert "need a token in GANGWAY_OPS_TOKEN" in sentence


def test_without_a_stack_it_says_what_is_missing(tmp_path: Path) -> None:
    assert "No local stack here (`gangway up` starts one)" in at_home(tmp_path).fails("reviews", "list")
    (tmp_path / "addresses.json").write_text("{")
    assert "cannot be read" in at_home(tmp_path).fails("reviews", "list")


def test_an_address_that_nobody_gave_is_asked_for(gangway: CommandLine, tmp_path: Path) -> None:
    only = {name: value for name, value in gangway.environ.items() if "PROVISIONING" not in name}
    assert "Say where provisioning is: --provisioning-url." in CommandLine(only).fails("grants", "list")


def test_a_service_that_is_away_is_named_with_its_address(gangway: CommandLine) -> None:
    sentence = gangway.fails("reviews", "list", "--onboarding-url", "http://127.0.0.1:9/")
    assert sentence.startswith("Error: onboarding cannot be reached at http://127.0.0.1:9: ")
    assert "refused" in sentence
    assert "onboarding" in gangway.fails("reviews", "list", "--onboarding-url", "no address")


def test_somebody_elses_server_is_noticed(gangway: CommandLine, urls: dict[str, str]) -> None:
    page = f"{urls['ONBOARDING']}/apply?"
    assert "did not answer in JSON. Is that its address?" in gangway.fails(
        "reviews", "list", "--onboarding-url", page
    )


def test_a_wrong_token_is_told_and_never_shown(gangway: CommandLine) -> None:
    sentence = gangway.fails("reviews", "list", GANGWAY_OPS_TOKEN="not-a-token")
    assert sentence == "Error: onboarding: The token cannot be used."


def test_tokens_of_the_local_stack(tmp_path: Path) -> None:
    nobody = at_home(tmp_path).fails("tokens", "create", "--name", "vera", "--role", "viewer")
    assert "has no keys yet" in nobody
    (tmp_path / "keys.json").write_text(json.dumps({"ops_private": OPS[0], "ops_public": OPS[1]}))
    told = at_home(tmp_path).tells("tokens", "create", "--name", "vera", "--role", "viewer", "--hours", "1")
    found = OpsTokenVerifier(read_public_key(OPS[1])).verify(told["token"])
    assert (found.name, found.roles) == ("vera", {"viewer"})
    plain = at_home(tmp_path)("tokens", "create", "--name", "vera", "--role", "operator")
    assert OpsTokenVerifier(read_public_key(OPS[1])).verify(plain.stdout.strip()).roles == {"operator"}
    for wrong in (
        ("--role", "king"),
        ("--role", "viewer", "--hours", "0"),
        ("--role", "viewer", "--hours", "2161"),
    ):
        assert at_home(tmp_path)("tokens", "create", "--name", "vera", *wrong).exit_code == 2


def test_a_token_that_was_made_is_kept(tmp_path: Path) -> None:
    write_private_json(tmp_path / "keys.json", {"ops_private": OPS[0], "ops_public": OPS[1]})
    for role, reason in (("viewer", ()), ("operator", ("--reason", "Night shift."))):
        at_home(tmp_path).says("tokens", "create", "--name", "vera", "--role", role, *reason)
    assert (tmp_path / "tokens.jsonl").stat().st_mode & 0o777 == 0o600
    [newest, oldest] = tokens_in(tmp_path)
    assert (newest["action"], newest["target"]) == ("create token", "operator vera")
    assert newest["reason"] == "Night shift."
    assert (oldest["target"], oldest["reason"]) == ("viewer vera", None)
    until = {"from": None, "to": newest["at"]}
    assert [entry["target"] for entry in tokens_in(tmp_path, actor=None, **until)] == ["viewer vera"]
    assert list(tokens_in(tmp_path, actor="nobody")) == []


def test_a_token_is_listed_and_taken_back(tmp_path: Path) -> None:
    write_private_json(tmp_path / "keys.json", {"ops_private": OPS[0], "ops_public": OPS[1]})
    made = at_home(tmp_path).tells("tokens", "create", "--name", "cron", "--role", "operator")
    [listed] = at_home(tmp_path).tells("tokens", "list")
    assert (listed["token_id"], listed["target"]) == (made["id"], "operator cron")
    assert listed["outcome"].startswith("valid until")
    assert made["token"] not in at_home(tmp_path).says("tokens", "list")
    at_home(tmp_path).says("tokens", "revoke", made["id"], "--reason", "Lost.")
    [listed] = at_home(tmp_path).tells("tokens", "list")
    assert listed["outcome"] == "revoked"
    verifier = OpsTokenVerifier(read_public_key(OPS[1]), revoked=RevokedTokens(tmp_path / "revoked_tokens"))
    with pytest.raises(TokenInvalid):
        verifier.verify(made["token"])
    [newest, _] = tokens_in(tmp_path)
    assert (newest["action"], newest["target"], newest["reason"]) == (
        "revoke token",
        "operator cron",
        "Lost.",
    )
    assert "No such token" in at_home(tmp_path).fails("tokens", "revoke", str(uuid4()), "--reason", "?")
