"""Where the Kafka cluster is, and how clients and brokers authenticate each other."""

import ssl
from dataclasses import field
from pathlib import Path
from typing import Any

from chassis.frozen import Frozen

TLS_PROTOCOLS = ("SSL", "SASL_SSL")
SASL_PROTOCOLS = ("SASL_PLAINTEXT", "SASL_SSL")


class TlsFiles(Frozen):
    """The authorities that we trust (None: those of the machine), and our own certificate, if we have one."""

    authorities: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: str | None = field(default=None, repr=False)

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer, host names always checked. Raises ValueError with the variable's name first."""
        try:
            context = ssl.create_default_context(cafile=self.authorities)
        except OSError as error:  # which ssl.SSLError is, too
            raise ValueError("KAFKA_SSL_CAFILE", _told(error, self.authorities)) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.certificate is not None:
            self._load_certificate(context, self.certificate)
        return context

    def _load_certificate(self, context: ssl.SSLContext, certificate: Path) -> None:
        for variable, path in (("KAFKA_SSL_CERTFILE", certificate), ("KAFKA_SSL_KEYFILE", self.key)):
            try:
                (path or certificate).read_bytes()
            except OSError as error:
                raise ValueError(variable, _told(error, path)) from error
        try:
            # Without a password OpenSSL would ask the terminal for one.
            context.load_cert_chain(certificate, self.key, password=self.key_password or "")
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise ValueError("KAFKA_SSL_KEYFILE", "does not belong to KAFKA_SSL_CERTFILE") from error
            if self.key is not None and b"ENCRYPTED" in self.key.read_bytes():
                raise ValueError("KAFKA_SSL_KEY_PASSWORD", "does not open KAFKA_SSL_KEYFILE") from error
            raise ValueError("KAFKA_SSL_CERTFILE", "and its key cannot be used: not PEM?") from error


class KafkaSecurity(Frozen):
    """How clients and brokers authenticate each other; by default they do not."""

    protocol: str = "PLAINTEXT"
    mechanism: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    # A kafka.net.sasl.oauth.AbstractTokenProvider.
    token_provider: Any = field(default=None, repr=False)
    tls: TlsFiles = TlsFiles()


class KafkaAddress(Frozen):
    """Where the cluster is, and how to talk to it."""

    bootstrap_servers: str
    api_version: tuple[int, ...] | None = None
    security: KafkaSecurity = KafkaSecurity()


def _told(error: OSError, path: Path | None) -> str:
    if isinstance(error, ssl.SSLError):
        return f"holds no certificates in PEM form: {path}"
    return f"cannot be read: {path} ({error.strerror})"
