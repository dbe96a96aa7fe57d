"""Key and certificate of a device."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from provisioning.adapters.aws.device_certificate import DeviceCertificate

MADE = DeviceCertificate.create("gangway-müller-gateway-1")


def test_key_and_certificate_belong_together() -> None:
    certificate = x509.load_pem_x509_certificate(MADE.certificate_pem.encode())
    key = load_pem_private_key(MADE.private_key_pem.encode(), None)

    assert certificate.public_key() == key.public_key()
    certificate.verify_directly_issued_by(certificate)


def test_the_id_is_the_fingerprint() -> None:
    certificate = x509.load_pem_x509_certificate(MADE.certificate_pem.encode())

    assert certificate.fingerprint(hashes.SHA256()).hex() == MADE.id


def test_it_survives_being_kept() -> None:
    assert DeviceCertificate.from_json(MADE.to_json()) == MADE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"key"',
        '{"certificate_pem": "a", "private_key_pem": "b"}',
        '{"certificate_pem": 1, "private_key_pem": 2}',
    ],
)
def test_what_somebody_wrote_in_its_place_is_no_pair(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - several libraries' words
        DeviceCertificate.from_json(text)


def test_printing_it_does_not_tell_the_key() -> None:
    assert "PRIVATE" not in f"{MADE!r} {MADE}"


def test_no_two_are_alike() -> None:
    assert DeviceCertificate.create("same").id != DeviceCertificate.create("same").id
