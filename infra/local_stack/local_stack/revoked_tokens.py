"""Revoked tokens of this stack: a file that all its services read."""

from pathlib import Path


def revoked_tokens_file(home: Path) -> Path:
    """The file, created if it does not exist."""
    file = home / "revoked_tokens"
    home.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    return file


def revoke_token(home: Path, token_id: str) -> None:
    """Within some seconds no service of this stack accepts the token."""
    with revoked_tokens_file(home).open("a", encoding="ascii") as file:
        file.write(f"{token_id}\n")


def revoked_ids(home: Path) -> set[str]:
    return set(revoked_tokens_file(home).read_text("ascii").split())
