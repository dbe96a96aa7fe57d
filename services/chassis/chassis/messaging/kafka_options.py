"""What kafka-python's clients are given to reach the cluster."""

from typing import Any

from chassis.messaging.kafka_refusals import KafkaRefused
from chassis.settings.kafka_address import SASL_PROTOCOLS, TLS_PROTOCOLS, KafkaAddress, KafkaSecurity


def client_options(address: KafkaAddress) -> dict[str, Any]:
    """What every client is given. Files are read each time, so that renewed ones take effect.

    Raises KafkaRefused where a file cannot be used any more.
    """
    return {
        "bootstrap_servers": address.bootstrap_servers.split(","),
        "api_version": address.api_version,
        "bootstrap_timeout_ms": 10_000,
        "metadata_max_age_ms": 10_000,
        "reconnect_backoff_max_ms": 1_000,
        **_security_options(address.security),
    }


def _security_options(security: KafkaSecurity) -> dict[str, Any]:
    if security.protocol == "PLAINTEXT":
        return {}
    options: dict[str, Any] = {"security_protocol": security.protocol}
    if security.protocol in TLS_PROTOCOLS:
        try:
            options["ssl_context"] = security.tls.context()
        except ValueError as error:
            raise KafkaRefused(" ".join(map(str, error.args))) from error
    if security.protocol in SASL_PROTOCOLS:
        options |= {
            "sasl_mechanism": security.mechanism,
            "sasl_plain_username": security.username,
            "sasl_plain_password": None if security.password is None else _Hidden(security.password),
            "sasl_oauth_token_provider": security.token_provider,
        }
    return options


class _Hidden(str):
    """A text that does not show itself where kafka-python logs its configuration."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"
