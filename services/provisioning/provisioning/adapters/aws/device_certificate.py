"""A device's self-made certificate: with a private key, or for a key that the device keeps."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from chassis import clock
from provisioning.adapters.aws import names
from provisioning.domain.orders import GrantOrder

_VALID = timedelta(days=10 * 365)
_CLOCKS_DIFFER_BY = timedelta(hours=1)


@dataclass(frozen=True)
class DeviceCertificate:
    """A self-signed certificate and its private key, both PEM."""

    certificate_pem: str
    private_key_pem: str

    @classmethod
    def create(cls, common_name: str) -> "DeviceCertificate":
        """Create a P-256 key (a curve AWS IoT accepts) and its certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(common_name, key.public_key(), common_name, key)
        private_key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return cls(_pem(certificate), private_key.decode())

    @classmethod
    def from_json(cls, text: str) -> "DeviceCertificate":
        """Raises ValueError unless it holds such a pair."""
        try:
            pair = cls(**json.loads(text))
            x509.load_pem_x509_certificate(pair.certificate_pem.encode())
            serialization.load_pem_private_key(pair.private_key_pem.encode(), None)
        except (TypeError, AttributeError, UnsupportedAlgorithm) as error:
            raise ValueError("not a certificate and its key") from error
        return pair

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    def __repr__(self) -> str:
        return f"DeviceCertificate(id={self.id})"

    @property
    def id(self) -> str:
        return certificate_id(self.certificate_pem)


def certificate_id(certificate_pem: str) -> str:
    """The id AWS IoT gives the certificate: the SHA-256 of its DER form."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def certificate_for_key(order: GrantOrder, public_key_pem: str) -> dict[str, str]:
    """Create a certificate for a key that the device keeps; the facts are for `IotCertificate`.

    The key that signs it is used once and thrown away: AWS IoT accepts a device by its registered
    certificate, not by its issuer. A broker that trusts issuers gets the issuer's certificate, without the
    key.
    """
    key = serialization.load_pem_public_key(public_key_pem.encode())
    if not isinstance(key, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey)):
        raise TypeError(f"not a key of a device: {type(key).__name__}")
    common_name = names.of_thing(order)
    issuer_key, issuer_name = ec.generate_private_key(ec.SECP256R1()), f"{names.OWNER}-issuer-{order.device}"
    issuer = _signed(issuer_name, issuer_key.public_key(), issuer_name, issuer_key, is_authority=True)
    return {
        "own_certificate_pem": _pem(_signed(common_name, key, issuer_name, issuer_key)),
        "issuer_pem": _pem(issuer),
    }


def _signed(
    common_name: str,
    key: CertificatePublicKeyTypes,
    issuer_name: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool = False,
) -> x509.Certificate:
    now = clock.now()
    # During a rotation two certificates have the same subject; OpenSSL distinguishes them by these ids.
    own_id = x509.SubjectKeyIdentifier.from_public_key(key)
    issuers_id = x509.SubjectKeyIdentifier.from_public_key(issuer_key.public_key())
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuers_id)
    constraints = x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(_name(issuer_name))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER_BY)
        .not_valid_after(now + _VALID)
        .add_extension(constraints, critical=True)
        .add_extension(own_id, critical=False)
        .add_extension(authority_id, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
