"""The demo finds a running stack by a file, by options, or by both; tokens go only where they belong."""

import json
from pathlib import Path
from typing import Any

import click
import pytest

from local_stack.demo.running_stack import pointed_at

NOTHING: dict[str, Any] = dict.fromkeys(
    ["addresses", "token_file", "scim_token_file"]
    + [f"{name}_url" for name in ("onboarding", "provisioning", "notifications", "mailbox", "aws", "scim")]
)
URLS = {
    f"{name}_url": f"http://{name}/" for name in ("onboarding", "provisioning", "notifications", "mailbox")
}
KNOWN = {name.removesuffix("_url"): url.rstrip("/") for name, url in URLS.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "addresses.json"
    path.write_text(json.dumps({**KNOWN, "ops_token": "t", "scim": "http://scim/v2", "scim_token": "s"}))
    return path


def test_no_option_means_the_local_stack() -> None:
    assert pointed_at(NOTHING, {"GANGWAY_OPS_TOKEN": "t"}) is None


def test_a_file_says_everything(file: Path) -> None:
    assert pointed_at({**NOTHING, "addresses": file}, {}) == {
        **KNOWN, "ops_token": "t", "scim": "http://scim/v2", "scim_token": "s"
    }  # fmt: skip


@pytest.mark.parametrize("by_file", [True, False])
def test_options_alone_suffice_and_a_trailing_slash_is_dropped(tmp_path: Path, by_file: bool) -> None:
    token = tmp_path / "token"
    token.write_text("t\n")
    given = {**NOTHING, **URLS, **({"token_file": token} if by_file else {})}
    assert pointed_at(given, {} if by_file else {"GANGWAY_OPS_TOKEN": "t"}) == {**KNOWN, "ops_token": "t"}


def test_a_files_token_is_not_sent_to_an_address_given_by_hand(file: Path) -> None:
    with pytest.raises(click.ClickException, match="ops_token"):
        pointed_at({**NOTHING, "addresses": file, "onboarding_url": "http://elsewhere"}, {})
    with pytest.raises(click.ClickException, match="scim_token"):
        pointed_at({**NOTHING, "addresses": file, "scim_url": "http://elsewhere"}, {})


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(click.ClickException) as refused:
        pointed_at({**NOTHING, "onboarding_url": "http://o"}, {})
    assert all(
        name in refused.value.message for name in ("--provisioning-url", "--mailbox-url", "--token-file")
    )


@pytest.mark.parametrize("content", ["", "[]", '{"onboarding": 1}'])
def test_a_file_of_something_else_is_refused_by_name(file: Path, content: str) -> None:
    file.write_text(content)
    with pytest.raises(click.ClickException, match=r"addresses\.json"):
        pointed_at({**NOTHING, "addresses": file}, {})
