"""Of a certificate signing request only a good key counts, which the sender can use."""

import base64
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from tests.unit.provisioning.granting import order_for

from provisioning.adapters.aws import names
from provisioning.adapters.aws.device_certificate import certificate_for_key, certificate_id
from provisioning.adapters.certificate_requests import public_key_of

P256 = ec.generate_private_key(ec.SECP256R1())


def request_for(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = P256,
    algorithm: hashes.HashAlgorithm | None = None,
) -> x509.CertificateSigningRequest:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gangway-of-somebody-else-gateway-1")])
    is_edwards = isinstance(key, ed25519.Ed25519PrivateKey)
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(key, None if is_edwards else algorithm or hashes.SHA256())  # type: ignore[arg-type]


def pem(request: x509.CertificateSigningRequest) -> str:
    return request.public_bytes(serialization.Encoding.PEM).decode()


def with_another_signature() -> str:
    """The signature's last byte is another one."""
    der = bytearray(request_for().public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    body = base64.encodebytes(bytes(der)).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"


def of_another_version() -> str:
    """Version 3, which there is not."""
    der = request_for().public_bytes(serialization.Encoding.DER)
    body = base64.encodebytes(der.replace(b"\x02\x01\x00", b"\x02\x01\x03", 1)).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"


def public(key: ec.EllipticCurvePrivateKey) -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


def test_the_key_is_returned_whatever_else_stands_there() -> None:
    assert public_key_of(pem(request_for())) == public_key_of(pem(request_for())) == public(P256)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: "", "Not a certificate signing request"),
        (lambda: public(P256), "Not a certificate signing request"),
        (lambda: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "Not a"),
        (lambda: pem(request_for(ed25519.Ed25519PrivateKey.generate())), "The key must be"),
        (lambda: pem(request_for(ec.generate_private_key(ec.SECP256K1()))), "The key must be"),
        (lambda: pem(request_for(rsa.generate_private_key(65_537, 1_024))), "The key must be"),  # noqa: S505
        (lambda: pem(request_for(algorithm=hashes.SHA224())), "must be signed with"),
        (with_another_signature, "The signature is not"),
        (of_another_version, "Not a certificate signing request"),
    ],
    ids=(
        *("empty", "a key", "rubbish", "Ed25519", "another curve", "RSA 1024", "SHA-224"),
        *("signed by nobody", "version"),
    ),
)
def test_what_is_no_good_is_refused(made: Callable[[], str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        public_key_of(made())


def test_a_certificate_is_for_the_key_and_names_the_thing() -> None:
    order = order_for("iot")
    facts = certificate_for_key(order, public(P256))
    certificate = x509.load_pem_x509_certificate(facts["own_certificate_pem"].encode())
    issuer = x509.load_pem_x509_certificate(facts["issuer_pem"].encode())
    certificate.verify_directly_issued_by(issuer)
    assert certificate.public_key() == P256.public_key()
    [name] = certificate.subject
    assert name.value == names.of_thing(order)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    again = certificate_for_key(order, public(P256))
    assert certificate_id(again["own_certificate_pem"]) != certificate_id(facts["own_certificate_pem"])
