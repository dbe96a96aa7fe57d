"""A device's key and its certificate, made by ourselves."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis import clock

_VALID = timedelta(days=10 * 365)
_CLOCKS_DIFFER_BY = timedelta(hours=1)


@dataclass(frozen=True)
class DeviceCertificate:
    """A self-signed certificate and its private key, both PEM."""

    certificate_pem: str
    private_key_pem: str

    @classmethod
    def create(cls, common_name: str) -> "DeviceCertificate":
        """Make a key on the curve P-256 (AWS IoT takes it) and a certificate for it."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
        now = clock.now()
        # While a key is rotated two certificates have one name: OpenSSL tells them apart by these.
        own_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        authority_id = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own_id)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCKS_DIFFER_BY)
            .not_valid_after(now + _VALID)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(own_id, critical=False)
            .add_extension(authority_id, critical=False)
            .sign(key, hashes.SHA256())
        )
        private_key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        return cls(pem.decode(), private_key.decode())

    @classmethod
    def from_json(cls, text: str) -> "DeviceCertificate":
        """Raises ValueError for what is no such pair."""
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
        """AWS IoT's id of the certificate: the SHA-256 of its DER form."""
        certificate = x509.load_pem_x509_certificate(self.certificate_pem.encode())
        der = certificate.public_bytes(serialization.Encoding.DER)
        return hashlib.sha256(der).hexdigest()
