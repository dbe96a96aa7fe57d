"""What people wrote in the place of an id keeps a sweep from nothing."""

from uuid import UUID

import pytest

from provisioning.adapters.aws.marks import id_in, of_account, of_budget, of_partner, of_partners
from provisioning.adapters.aws.names import of_account as of_account_named
from provisioning.domain.findings import Mark
from provisioning.domain.orders import slug_of


@pytest.mark.parametrize("text", ["", "ours", "-" * 36])
def test_what_is_no_id_is_nobodys(text: str) -> None:
    assert id_in(text) is None


def test_an_id_is_read() -> None:
    assert id_in("019a0000-0000-7000-8000-000000000001") == UUID("019a0000-0000-7000-8000-000000000001")


PARTNER = UUID("0193f0a2-7c1e-7d2b-9a54-af6c1b0e8d11")


@pytest.mark.parametrize("legal_name", ["Muster", "Muster Lab", "Lab", "X 0123456789ab"])
@pytest.mark.parametrize("entry_name", ["", "lab"])
def test_a_name_tells_whose_it_is_and_which_of_several(legal_name: str, entry_name: str) -> None:
    slug = slug_of(PARTNER, legal_name, entry_name)
    database = f"gangway-{slug}".replace("-", "_")
    marks = [
        of_partner(f"gangway-{slug}"),
        of_partner(database),
        of_partners(f"gangway-{slug}-gateway-1"),
        of_budget(f"{slug}-0000000000a1"),
        of_account(f"{slug}-0000000000a1"),
    ]
    assert {mark and (mark.partner_digits, mark.entry_name) for mark in marks} == {
        ("af6c1b0e8d11", entry_name)
    }


def test_an_account_says_of_which_grant_it_is_and_of_no_partner() -> None:
    grant_id = UUID("0193f0a2-7c1e-7d2b-9a54-0000000000a1")
    name = of_account_named(grant_id)
    assert name == "gangway-0000000000a1"
    assert of_account(name) == Mark(grant_digits="0000000000a1")
    assert of_partner(name) is None
    assert of_budget(name) is None
