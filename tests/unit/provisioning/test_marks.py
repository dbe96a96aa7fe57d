"""What people wrote in the place of an id keeps a sweep from nothing."""

from uuid import UUID

import pytest

from provisioning.adapters.aws.marks import id_in


@pytest.mark.parametrize("text", ["", "ours", "-" * 36])
def test_what_is_no_id_is_nobodys(text: str) -> None:
    assert id_in(text) is None


def test_an_id_is_read() -> None:
    assert id_in("019a0000-0000-7000-8000-000000000001") == UUID("019a0000-0000-7000-8000-000000000001")
