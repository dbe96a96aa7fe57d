"""A file of partners that cannot be used is refused with every wrong entry named."""

from pathlib import Path

import pytest

from local_stack.demo.partners import PartnersFileError, read_partners


def test_every_wrong_entry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(
        '[{"outcome": "rich"}, {"application": {"company": {}, "contact": {"email": "a@b.example"}}}]'
    )
    with pytest.raises(PartnersFileError) as refused:
        read_partners(path)
    for place in ("/0/application", "/0/outcome", "/1/application/company/legal_name"):
        assert f"  {place}: " in str(refused.value)


@pytest.mark.parametrize("content", [None, "{", '{"partners": []}'])
def test_what_is_no_list_of_partners_is_told(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(PartnersFileError, match=r"mine\.json: ?"):
        read_partners(path)
