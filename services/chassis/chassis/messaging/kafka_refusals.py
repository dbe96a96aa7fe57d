"""Why Kafka refuses us, or we refuse it, in one sentence that names the variable to look at."""

import ssl
from collections.abc import Mapping
from typing import Any

from kafka.errors import (
    AuthorizationError,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    InvalidReceiveError,
    KafkaError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

# OpenSSL's X509_V_ERR_*: openssl/x509_vfy.h
_EXPIRED = 10
_OTHER_HOST = (62, 64)
# The first four bytes of a TLS alert, taken for the length of an answer.
_TLS_ALERT = str(0x15030300)


class KafkaRefused(KafkaError):  # type: ignore[misc]
    """Credentials, certificates or rights do not fit: trying again soon is of no use. The text says it."""

    readiness = "refused"

    def __str__(self) -> str:
        return str(self.args[0])


def refusal(error: BaseException, config: Mapping[str, Any], place: str) -> KafkaRefused | None:
    """The refusal behind a connection's failure; None for failures of any other kind."""
    told = _told_by_sasl(error, config, place) or _told_by_tls(error, place)
    if isinstance(error, InvalidReceiveError) and _TLS_ALERT in str(error):
        told = f"Kafka at {place} wants TLS: KAFKA_SECURITY_PROTOCOL is wrong for this listener"
    return None if told is None else KafkaRefused(told)


def missing_right(error: AuthorizationError, who: str) -> KafkaRefused:
    """The sentence for a right that an ACL has to give."""
    names = error.args[0] if error.args and isinstance(error.args[0], set | frozenset | list | tuple) else ()
    asked = ", ".join(sorted(map(str, names)))
    if isinstance(error, TopicAuthorizationFailedError):
        what = f"topic {asked}" if asked else "a topic"
    elif isinstance(error, GroupAuthorizationFailedError):
        what = f"consumer group {error.args[0]}" if error.args else "its consumer group"
    elif isinstance(error, ClusterAuthorizationFailedError):
        return KafkaRefused(
            f"Kafka gives {who} no right to administer it: KAFKA_SASL_USERNAME or KAFKA_SSL_CERTFILE must be "
            "an administrator's"
        )
    else:
        what = type(error).__name__
    return KafkaRefused(
        f"Kafka gives {who} no right to {what}: its ACL is missing (`topics apply` makes them), "
        "or KAFKA_SASL_USERNAME or KAFKA_SSL_CERTFILE is another service's"
    )


def no_right_to_write(topic: str) -> KafkaRefused:
    """The sentence for a topic that is ours by contract."""
    return missing_right(TopicAuthorizationFailedError([topic]), "this service")


def who_we_are(config: Mapping[str, Any]) -> str:
    """How we present ourselves, for a sentence."""
    if config.get("sasl_plain_username"):
        return f"user {config['sasl_plain_username']!r}"
    if config.get("sasl_mechanism") == "OAUTHBEARER":
        return "our token"
    return "our certificate" if config.get("security_protocol") == "SSL" else "an unnamed client"


def _told_by_sasl(error: BaseException, config: Mapping[str, Any], place: str) -> str | None:
    mechanism = config.get("sasl_mechanism")
    if isinstance(error, SaslAuthenticationFailedError):
        if mechanism == "OAUTHBEARER":
            return f"Kafka at {place} refuses our token: look at KAFKA_SASL_TOKEN_PROVIDER ({error.args[0]})"
        return (
            f"Kafka at {place} refuses the credentials of {who_we_are(config)}: "
            "KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD is wrong"
        )
    if isinstance(error, UnsupportedSaslMechanismError):
        return f"Kafka at {place} does not offer {mechanism}: KAFKA_SASL_MECHANISM is wrong for this listener"
    if isinstance(error, IllegalSaslStateError):
        return f"Kafka at {place} asks for no credentials: KAFKA_SECURITY_PROTOCOL is wrong for this listener"
    return None


def _told_by_tls(error: BaseException, place: str) -> str | None:
    cause = _tls_error(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _told_of_certificate(cause, place)
    reason = cause.reason or "" if cause is not None else ""
    if "ALERT" in reason:
        name = reason.partition("ALERT_")[2].lower().replace("_", " ")
        return f"Kafka at {place} does not accept our certificate ({name}): look at KAFKA_SSL_CERTFILE"
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
        return f"Kafka at {place} speaks no TLS: KAFKA_SECURITY_PROTOCOL is wrong for this listener"
    return None


def _told_of_certificate(cause: ssl.SSLCertVerificationError, place: str) -> str:
    if cause.verify_code in _OTHER_HOST:
        return (
            f"The certificate of Kafka at {place} is another host's: KAFKA_BOOTSTRAP_SERVERS (and the "
            "brokers' advertised listeners) must use a name that stands in it"
        )
    if cause.verify_code == _EXPIRED:
        return f"The certificate of Kafka at {place}, or its authority in KAFKA_SSL_CAFILE, has expired"
    return (
        f"The certificate of Kafka at {place} is signed by nobody whom we trust ({cause.verify_message}): "
        "its authority must stand in KAFKA_SSL_CAFILE"
    )


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """kafka-python wraps it, now as a cause, now as an argument."""
    for _ in range(4):
        if error is None or isinstance(error, ssl.SSLError):
            return error
        wrapped = next((item for item in error.args if isinstance(item, BaseException)), None)
        error = wrapped or error.__cause__ or error.__context__
    return None
