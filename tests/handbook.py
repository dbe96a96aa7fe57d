"""The statements that docs/operations.md gives to operators, as they stand there."""

from pathlib import Path

OPERATIONS = Path(__file__).parents[1] / "docs" / "operations.md"


def statement_after(words: str) -> str:
    """The SQL that follows these words."""
    _, found, rest = OPERATIONS.read_text(encoding="utf-8").partition(words)
    assert found, words
    return rest.partition("```sql\n")[2].partition("```")[0]
