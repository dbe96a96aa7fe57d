"""Contradictions in the settings of Kafka's clients stop the start, by name; secrets never show."""

import logging
from pathlib import Path

import pytest
from kafka.net.sasl.oauth import AbstractTokenProvider, SaslMechanismOAuth
from tests.common_settings import read_common_settings

from chassis.messaging.kafka_options import client_options
from chassis.messaging.kafka_refusals import KafkaRefused
from chassis.settings import SettingsRefused, settings_from
from chassis.settings.kafka import read_kafka_address
from chassis.settings.kafka_address import KafkaAddress
from local_stack.kafka_cluster.credentials import Credentials, keep_credentials

SECRET = "s3cret-password"
SCRAM = {
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "KAFKA_SASL_USERNAME": "onboarding",
    "KAFKA_SASL_PASSWORD": SECRET,
}


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    return keep_credentials(tmp_path_factory.mktemp("kafka") / "security", ["onboarding", "provisioning"])


def read(environ: dict[str, str]) -> KafkaAddress:
    with settings_from({"KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9093"} | environ) as reader:
        return read_kafka_address(reader)


def refused(environ: dict[str, str]) -> dict[str, list[str]]:
    with pytest.raises(SettingsRefused) as caught:
        read(environ)
    assert SECRET not in str(caught.value)
    return caught.value.problems


def test_nothing_is_proved_unless_told() -> None:
    assert "security_protocol" not in client_options(read({}))


def test_a_password_and_a_trusted_authority(credentials: Credentials) -> None:
    options = client_options(read(SCRAM | {"KAFKA_SSL_CAFILE": str(credentials.authority)}))
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert options["sasl_plain_password"] == SECRET
    assert options["ssl_context"].check_hostname


def test_secrets_are_read_from_files_and_never_shown(
    credentials: Credentials, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    given = credentials.environment("scram", "onboarding")
    address = read(given)
    secret = credentials.password("onboarding").read_text()
    assert address.security.password == secret
    settings = read_common_settings(environ | given, "example")
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("kafka").debug("Starting with configuration: %s", client_options(address))
    assert secret not in f"{address} {settings} {client_options(address)} {caplog.text}"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, {"KAFKA_SECURITY_PROTOCOL"}),
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, {"KAFKA_SASL_MECHANISM"}),
        (SCRAM | {"KAFKA_SASL_MECHANISM": "GSSAPI"}, {"KAFKA_SASL_MECHANISM"}),
        (
            SCRAM | {"KAFKA_SECURITY_PROTOCOL": "SSL"},
            {"KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"},
        ),
        (
            SCRAM | {"KAFKA_SECURITY_PROTOCOL": ""},
            {"KAFKA_SASL_MECHANISM", "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"},
        ),
        (SCRAM | {"KAFKA_SASL_PASSWORD": ""}, {"KAFKA_SASL_PASSWORD"}),
        (SCRAM | {"KAFKA_SASL_USERNAME": ""}, {"KAFKA_SASL_USERNAME"}),
        (SCRAM | {"KAFKA_SASL_USERNAME": "a,n=admin"}, {"KAFKA_SASL_USERNAME"}),
        (SCRAM | {"KAFKA_SASL_TOKEN_PROVIDER": "aws-msk-iam"}, {"KAFKA_SASL_TOKEN_PROVIDER"}),
        (
            SCRAM | {"KAFKA_SASL_MECHANISM": "OAUTHBEARER"},
            {"KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD", "KAFKA_SASL_TOKEN_PROVIDER"},
        ),
        (
            SCRAM | {"KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"},
            {"KAFKA_SECURITY_PROTOCOL"},
        ),
        ({"KAFKA_SSL_CAFILE": "/ca.pem"}, {"KAFKA_SSL_CAFILE"}),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CAFILE": "/none.pem"}, {"KAFKA_SSL_CAFILE"}),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CERTFILE": "/none.pem"}, {"KAFKA_SSL_KEYFILE"}),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_KEYFILE": "/none.pem"}, {"KAFKA_SSL_CERTFILE"}),
        (
            {"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_KEY_PASSWORD": SECRET},
            {"KAFKA_SSL_KEY_PASSWORD"},
        ),
        (
            {
                "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
                "KAFKA_SASL_MECHANISM": "OAUTHBEARER",
                "KAFKA_SASL_TOKEN_PROVIDER": "no.such.module:token",
            },
            {"KAFKA_SASL_TOKEN_PROVIDER"},
        ),
        (
            {
                "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
                "KAFKA_SASL_MECHANISM": "OAUTHBEARER",
                "KAFKA_SASL_TOKEN_PROVIDER": "oauth-client-credentials",
                "KAFKA_OAUTH_TOKEN_URL": "http://tokens.example/token",
            },
            {"KAFKA_OAUTH_TOKEN_URL", "KAFKA_OAUTH_CLIENT_ID", "KAFKA_OAUTH_CLIENT_SECRET"},
        ),
    ],
)
def test_every_contradiction_is_named(environ: dict[str, str], named: set[str]) -> None:
    assert set(refused(environ)) == named


def test_a_password_in_the_clear_is_for_this_machine_only() -> None:
    plain = SCRAM | {"KAFKA_SASL_MECHANISM": "PLAIN", "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"}
    assert read(plain | {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1,localhost:2,[::1]:3"}).security.password
    assert set(refused(plain | {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1,kafka.example:2"})) == {
        "KAFKA_SECURITY_PROTOCOL"
    }


def test_certificate_key_and_its_password_fit(credentials: Credentials, tmp_path: Path) -> None:
    given = credentials.environment("mtls", "onboarding")
    assert read(given).security.tls.certificate
    foreign = given | {"KAFKA_SSL_KEYFILE": str(credentials.key("provisioning"))}
    assert set(refused(foreign)) == {"KAFKA_SSL_KEYFILE"}
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("rubbish")
    assert set(refused(given | {"KAFKA_SSL_CAFILE": str(rubbish)})) == {"KAFKA_SSL_CAFILE"}
    assert set(refused(given | {"KAFKA_SSL_CERTFILE": str(rubbish)})) == {"KAFKA_SSL_CERTFILE"}
    locked = tmp_path / "locked.key"
    _lock(credentials.key("onboarding"), locked)
    given |= {"KAFKA_SSL_KEYFILE": str(locked)}
    assert set(refused(given)) == {"KAFKA_SSL_KEY_PASSWORD"}
    assert set(refused(given | {"KAFKA_SSL_KEY_PASSWORD": "another"})) == {"KAFKA_SSL_KEY_PASSWORD"}
    assert client_options(read(given | {"KAFKA_SSL_KEY_PASSWORD": SECRET}))["ssl_context"]


def test_renewed_files_count_for_the_next_client(credentials: Credentials, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_bytes(credentials.authority.read_bytes())
    address = read({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CAFILE": str(authority)})
    authority.unlink()
    with pytest.raises(KafkaRefused, match="KAFKA_SSL_CAFILE cannot be read"):
        client_options(address)
    authority.write_bytes(credentials.authority.read_bytes())
    assert client_options(address)["ssl_context"]


def test_a_token_is_kept_until_shortly_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    _TOKENS[:] = [("first", 1_061_000.0), ("second", 9_999_000.0)]
    now = [1_000.0]
    monkeypatch.setattr("chassis.settings.kafka_tokens.time.time", lambda: now[0])
    provider = read(
        {
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SASL_MECHANISM": "OAUTHBEARER",
            "KAFKA_SASL_TOKEN_PROVIDER": f"{__name__}:next_token",
        }
    ).security.token_provider
    assert isinstance(provider, AbstractTokenProvider)
    assert [provider.token(), provider.token()] == ["first", "first"]
    now[0] += 2
    assert provider.token() == "second"
    mechanism = SaslMechanismOAuth(sasl_oauth_token_provider=provider)
    assert b"Bearer second" in mechanism.auth_bytes()


_TOKENS: list[tuple[str, float]] = []


def next_token() -> tuple[str, float]:
    return _TOKENS.pop(0)


def test_aws_msk_signs_with_the_credentials_of_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("aws_msk_iam_sasl_signer")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    environ = {
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "OAUTHBEARER",
        "KAFKA_SASL_TOKEN_PROVIDER": "aws-msk-iam",
    }
    assert set(refused(environ)) == {"AWS_DEFAULT_REGION"}
    provider = read(environ | {"AWS_DEFAULT_REGION": "eu-central-1"}).security.token_provider
    assert len(provider.token()) > 100
    assert provider.token() == provider.token()


def _lock(key: Path, locked: Path) -> None:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    loaded = serialization.load_pem_private_key(key.read_bytes(), None)
    encryption = serialization.BestAvailableEncryption(SECRET.encode())
    form = serialization.PrivateFormat.PKCS8
    locked.write_bytes(loaded.private_bytes(serialization.Encoding.PEM, form, encryption))
