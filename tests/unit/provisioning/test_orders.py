"""Names for the outside are made from the partner, and stay."""

from uuid import UUID

import pytest

from provisioning.domain.orders import slug_of

PARTNER = UUID("0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8d11")


@pytest.mark.parametrize(
    ("legal_name", "slug"),
    [
        ("Müller & Söhne GmbH", "mueller-soehne-gmbh-3f6c1b0e8d11"),
        ("Mu\u0308ller", "mueller-3f6c1b0e8d11"),
        ("L\u2019Œuvre d'Été 🚀", "l-oeuvre-d-ete-3f6c1b0e8d11"),
        ("株式会社", "partner-3f6c1b0e8d11"),
        ("A very long name of a very large company", "a-very-long-name-of-3f6c1b0e8d11"),
    ],
)
def test_a_slug_is_readable_and_plain(legal_name: str, slug: str) -> None:
    assert slug_of(PARTNER, legal_name) == slug


@pytest.mark.parametrize(
    ("legal_name", "slug"),
    [
        ("Müller & Söhne GmbH", "mueller-soeh--sandbox2-3f6c1b0e8d11"),
        ("株式会社", "partner--sandbox2-3f6c1b0e8d11"),
        ("Lab--sandbox2", "lab-sandbox2--sandbox2-3f6c1b0e8d11"),
    ],
)
def test_each_entry_has_a_slug_of_its_own(legal_name: str, slug: str) -> None:
    of_entry = slug_of(PARTNER, legal_name, "sandbox2")
    assert len(of_entry) <= 33
    assert of_entry == slug if len(slug) <= 33 else of_entry.endswith("--sandbox2-3f6c1b0e8d11")
    assert of_entry != slug_of(PARTNER, legal_name)
