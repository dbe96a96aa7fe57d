"""The local stack's own integrator, so that people can try out webhooks at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from operator_cli.private_files import read_json, write_private_json

NAME = "local stack"
PERSON = {"name": "Vera Lindqvist", "email": "vera@vendor.example", "language": "en"}
_REASON = "Made by the local stack, for trying webhooks out."
_PATIENCE_SECONDS = 10.0


def kept_token(home: Path) -> str | None:
    """The token created for this stack, if there is one."""
    return _kept(home).get("token")


def _kept(home: Path) -> dict[str, str]:
    kept = read_json(_file(home))
    return kept if isinstance(kept, dict) else {}


def ensure_integrator(home: Path, url: str, ops_token: str) -> None:
    """Create the integrator, its person and its token, unless they exist and the token is valid. Blocks."""
    token = kept_token(home)
    with _speaking_to(url) as client:
        is_good = token is not None and client.get("/v1/endpoints", headers=_bearer(token)).is_success
        if is_good and _kept(home).get("person") == PERSON["email"]:
            return
        client.headers.update(_bearer(ops_token))
        path = f"/v1/integrators/{_integrator_id(client)}"
        _ensure_person(client, path)
        made = _json(client.post(f"{path}/tokens", json={"label": NAME, "reason": _REASON}))
    write_private_json(_file(home), {"token": made["token"], "person": PERSON["email"]})


def _ensure_person(client: httpx.Client, path: str) -> None:
    """A person who can sign in to the portal, and whose mails are in the mailbox."""
    key = {"Idempotency-Key": "the-local-stack-s-person"}
    answer = client.post(f"{path}/people", json={**PERSON, "reason": _REASON}, headers=key)
    if answer.status_code != httpx.codes.CONFLICT:
        answer.raise_for_status()


def _integrator_id(client: httpx.Client) -> str:
    path, cursor = "/v1/integrators", ""
    while cursor is not None:
        page = _json(client.get(path, params={"limit": 500, **({"cursor": cursor} if cursor else {})}))
        for integrator in page["integrators"]:
            if integrator["name"] == NAME:
                return str(integrator["integrator_id"])
        cursor = page["next_cursor"]
    # If the first answer was lost, a second request gets the same one.
    key = {"Idempotency-Key": "the-local-stack-s-integrator"}
    return str(_json(client.post(path, json={"name": NAME, "reason": _REASON}, headers=key))["integrator_id"])


@contextmanager
def _speaking_to(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=_PATIENCE_SECONDS, trust_env=False) as client:
        yield client


def _json(answer: httpx.Response) -> Any:
    return answer.raise_for_status().json()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _file(home: Path) -> Path:
    return home / "integrator.json"
