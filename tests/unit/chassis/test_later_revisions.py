"""Every revision after the first finds tables that are full and in use: how it may touch them."""

import re
from pathlib import Path

import pytest

SERVICES = Path("services")
CREATES_TABLE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)|create_table\(\s*\"(\w+)\"", re.I)
CREATES_INDEX = re.compile(
    r"CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?\w+ ON (\w+)|create_index\(\s*[^,]+,\s*\"(\w+)\"", re.I
)
FORBIDDEN = {
    "an index that keeps writers out": re.compile(
        r"CREATE (?:UNIQUE )?INDEX(?! CONCURRENTLY)|\bcreate_index\(", re.I
    ),
    "a type change that writes the table anew": re.compile(r"ALTER COLUMN \w+ (?:SET DATA )?TYPE", re.I),
    "a constraint that is checked under a lock": re.compile(
        r"ADD CONSTRAINT(?!.*(?:NOT VALID|USING INDEX))|ALTER COLUMN \w+ SET NOT NULL", re.I
    ),
}
# These commit what came before them, so whoever is cut there comes by again.
COMMITS_ON_ITS_WAY = re.compile(
    r"create_index_concurrently\(|autocommit_block\(|upgrade_chassis\(op, [23678]\)"
)
ONLY_ONCE = re.compile(
    r"(?:CREATE (?:TABLE|(?:UNIQUE )?INDEX(?: CONCURRENTLY)?)|ADD COLUMN)(?! IF NOT EXISTS)"
    r"|(?:DROP (?:TABLE|INDEX|COLUMN|CONSTRAINT))(?! (?:CONCURRENTLY )?IF EXISTS)"
    r"|ADD CONSTRAINT|RENAME (?:TO|COLUMN)|\b(?:create_table|add_column|create_index)\(",
    re.I,
)


def later_revisions() -> list[Path]:
    found = [*SERVICES.glob("*/*/migrations/versions/*.py"), *SERVICES.glob("chassis/*/migrations/v*.sql")]
    return sorted(path for path in found if not re.match(r"v?0*1(_|\.)", path.name))


def complaints(text: str) -> list[str]:
    """What is wrong with a revision; it may do anything to the tables that it makes itself."""
    own = {name for pair in CREATES_TABLE.findall(text) for name in pair if name}
    for match in reversed(list(CREATES_INDEX.finditer(text))):
        if (match[1] or match[2]) in own:
            text = text[: match.start()] + text[match.end() :]
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


def cannot_go_on_after_a_cut(text: str) -> bool:
    return bool(COMMITS_ON_ITS_WAY.search(text) and ONLY_ONCE.search(text))


@pytest.mark.parametrize("path", later_revisions(), ids=lambda path: "/".join(path.parts[-4::3]))
def test_no_later_revision_keeps_anybody_out_for_long(path: Path) -> None:
    assert complaints(path.read_text()) == []
    assert not cannot_go_on_after_a_cut(path.read_text())


def test_there_are_later_revisions() -> None:
    assert len(later_revisions()) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "CREATE INDEX by_age ON letters (age)",
        "create unique index if not exists by_age on letters (age)",
        'op.create_index("by_age", "letters", ["age"])',
        "ALTER TABLE letters ALTER COLUMN age TYPE bigint",
        "ALTER TABLE letters ALTER COLUMN age SET NOT NULL",
        "ALTER TABLE letters ADD CONSTRAINT is_old CHECK (age > 9)",
        "CREATE TABLE stamps (id int); CREATE INDEX by_age ON letters (age)",
    ],
)
def test_what_keeps_others_out_is_found(text: str) -> None:
    assert complaints(text)


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE letters ADD COLUMN age int NOT NULL DEFAULT 0",
        "ALTER TABLE letters ADD CONSTRAINT is_old CHECK (age > 9) NOT VALID",
        "CREATE TABLE stamps (id int); CREATE INDEX by_id ON stamps (id)",
        'op.create_table("stamps"); op.create_index("by_id", "stamps", ["id"])',
        'create_index_concurrently(op, "by_age", "letters (age)")',
    ],
)
def test_what_keeps_nobody_out_is_allowed(text: str) -> None:
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("before", "is_wrong"),
    [
        ("CREATE TABLE stamps (id int)", True),
        ("ALTER TABLE letters ADD COLUMN age int", True),
        ("DROP INDEX by_age", True),
        ("CREATE TABLE IF NOT EXISTS stamps (id int); DROP INDEX CONCURRENTLY IF EXISTS by_age", False),
        ("ALTER TABLE letters ADD COLUMN IF NOT EXISTS age int", False),
    ],
    ids=["table", "column", "drop", "table-again", "column-again"],
)
def test_what_comes_before_an_index_can_be_done_again(before: str, is_wrong: bool) -> None:
    assert cannot_go_on_after_a_cut(f'{before}; create_index_concurrently(op, "a", "b (c)")') is is_wrong
    assert not cannot_go_on_after_a_cut(before)
