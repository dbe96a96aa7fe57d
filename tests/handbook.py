"""The statements that the documents give to operators, as they stand there."""

from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def statement_after(words: str) -> str:
    """The SQL that follows these words, in whichever document they stand."""
    (rest,) = (
        rest
        for page in DOCS.glob("*.md")
        for _, found, rest in [page.read_text(encoding="utf-8").partition(words)]
        if found
    )
    return rest.partition("```sql\n")[2].partition("```")[0]
