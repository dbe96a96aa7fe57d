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
