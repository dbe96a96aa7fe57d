"""Certificates and passwords of a secured cluster, generated once and readable by their owner only."""

import ipaddress
import json
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from operator_cli.private_files import write_private

BROKER = "broker"
ADMIN = "admin"
_LIFETIME = timedelta(days=3650)
_SCRAM = "SCRAM-SHA-512"


@dataclass(frozen=True)
class Credentials:
    """A folder with an authority, a certificate per user, and a password per user."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def broker_keystore(self) -> Path:
        """Key and certificate in one file, in the PEM form that Java reads."""
        return self.folder / f"{BROKER}.keystore.pem"

    def certificate(self, user: str) -> Path:
        return self.folder / f"{user}.pem"

    def key(self, user: str) -> Path:
        return self.folder / f"{user}.key"

    def password(self, user: str) -> Path:
        return self.folder / f"{user}.password"

    def environment(self, mode: str, user: str) -> dict[str, str]:
        """The settings of one of our clients; they name files, so that no secret is in the environment."""
        if mode == "mtls":
            return {
                "KAFKA_SECURITY_PROTOCOL": "SSL",
                "KAFKA_SSL_CAFILE": str(self.authority),
                "KAFKA_SSL_CERTFILE": str(self.certificate(user)),
                "KAFKA_SSL_KEYFILE": str(self.key(user)),
            }
        return {
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SASL_MECHANISM": _SCRAM,
            "KAFKA_SASL_USERNAME": user,
            "KAFKA_SASL_PASSWORD_FILE": str(self.password(user)),
            "KAFKA_SSL_CAFILE": str(self.authority),
        }

    def librdkafka(self, user: str) -> dict[str, str | int | float | bool]:
        """The settings of a confluent-kafka client that presents its certificate."""
        return {
            "security.protocol": "ssl",
            "ssl.ca.location": str(self.authority),
            "ssl.certificate.location": str(self.certificate(user)),
            "ssl.key.location": str(self.key(user)),
        }


def keep_credentials(folder: Path, users: Sequence[str]) -> Credentials:
    """The folder's credentials; generated if there are none, or none for one of the users.

    The authority's own key is thrown away, so that nobody can sign another certificate with it.
    """
    wanted = sorted({*users, ADMIN, BROKER})
    names = folder / "users.json"
    if not names.exists() or json.loads(names.read_text()) != wanted:
        fresh = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        _draw(Credentials(fresh), wanted)
        write_private(fresh / names.name, json.dumps(wanted))
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return Credentials(folder)


def _draw(into: Credentials, users: Iterable[str]) -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Gangway local Kafka", authority_key, signer=None)
    write_private(into.authority, _pem(authority))
    for user in users:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(user, key, signer=(authority, authority_key))
        write_private(into.certificate(user), _pem(certificate))
        write_private(into.key(user), _key_pem(key))
        write_private(into.password(user), secrets.token_urlsafe(32))
        if user == BROKER:
            write_private(into.broker_keystore, _key_pem(key) + _pem(certificate))


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    is_authority = signer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if signer is None else signer[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if not is_authority:
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        builder = builder.add_extension(
            x509.ExtendedKeyUsage(usages if name == BROKER else usages[:1]), False
        )
    if name == BROKER:
        hosts = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
        builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    return builder.sign(key if signer is None else signer[1], hashes.SHA256())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
