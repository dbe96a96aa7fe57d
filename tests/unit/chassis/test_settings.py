"""Settings: defaults, and every wrong variable named at once."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from tests.common_settings import read_common_settings

from chassis.cli import service_command
from chassis.identity.signing_keys import new_key_pair, read_private_key, read_public_key
from chassis.service import Service
from chassis.settings import SettingsReader, SettingsRefused, settings_from
from chassis.settings.four_eyes import FourEyes


def refused(environ: dict[str, str]) -> dict[str, list[str]]:
    with pytest.raises(SettingsRefused) as caught:
        read_common_settings(environ, "example")
    return caught.value.problems


def test_defaults(environ: dict[str, str]) -> None:
    settings = read_common_settings(environ, "example")
    assert settings.event_source == "/gangway/example"
    assert settings.bind == "127.0.0.1:8000"
    assert settings.kafka.api_version is None
    assert settings.health_port == 0


def test_sources_are_renamed_alike_for_all_services(environ: dict[str, str]) -> None:
    names = {"EVENT_SOURCE_PREFIX": "https://acme.example/gangway", "OTHER_EVENT_SOURCE_PREFIX": "/gangway"}
    settings = read_common_settings(environ | names, "onboarding")
    elsewhere = read_common_settings(environ | names, "provisioning")
    assert settings.event_source == "https://acme.example/gangway/onboarding"
    assert elsewhere.sources_of("onboarding") == {settings.event_source, "/gangway/onboarding"}


def test_everything_that_is_missing_is_named(environ: dict[str, str]) -> None:
    assert set(refused({})) == set(environ)
    assert set(refused(dict.fromkeys(environ, ""))) == set(environ)


def test_every_wrong_value_is_named_and_none_is_repeated(environ: dict[str, str]) -> None:
    wrong = {
        "DATABASE_URL": "mysql://user:hunter2@host/name",
        "KAFKA_BOOTSTRAP_SERVERS": "localhost",
        "KAFKA_API_VERSION": "two",
        "EVENT_TYPE_PREFIX": "Gang Way",
        "EVENT_SOURCE": "/acme/onboarding",
        "EVENT_SOURCE_PREFIX": "/acme gangway",
        "OTHER_EVENT_SOURCE_PREFIX": "/gangway/",
        "PUBLIC_URL": "ftp://example.com",
        "BIND": "8000",
        "WEB_WORKERS": "0",
        "WEB_THREADS": "many",
        "HEALTH_PORT": "70000",
        "LOG_LEVEL": "LOUD",
        "LOG_FORMAT": "xml",
        "SESSION_PUBLIC_KEY": "hunter2",
        "LINK_PUBLIC_KEY": environ["LINK_PUBLIC_KEY"].replace("PUBLIC", "PRIVATE"),
    }
    problems = refused({**environ, **wrong})
    assert set(problems) == set(wrong)
    assert "hunter2" not in str(SettingsRefused(problems))


@pytest.mark.parametrize(
    "given", ["HTTPS://Partners.Example", "https://partners.example:443/", "https://PARTNERS.example:"]
)
def test_the_public_address_is_as_browsers_write_it(environ: dict[str, str], given: str) -> None:
    """Cookies, origins and passkeys are compared with it."""
    settings = read_common_settings({**environ, "PUBLIC_URL": given}, "example")
    assert settings.public_url == "https://partners.example"


@pytest.mark.parametrize(
    "host", ["bücher.example", "a b", "a\\b", "a:0", "a:70000", "nobody:hunter2", "[::1]:x"]
)
def test_a_public_address_that_no_browser_could_have_is_refused(environ: dict[str, str], host: str) -> None:
    problems = refused({**environ, "PUBLIC_URL": f"https://{host}/things"})
    assert set(problems) == {"PUBLIC_URL"}
    assert "hunter2" not in str(problems)


def test_secrets_are_not_shown(environ: dict[str, str]) -> None:
    assert "nobody" not in repr(read_common_settings(environ, "example"))


def test_a_value_may_come_from_a_file(environ: dict[str, str], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(environ.pop("DATABASE_URL") + "\n")
    settings = read_common_settings({**environ, "DATABASE_URL_FILE": str(secret)}, "example")
    assert settings.database_url.endswith("/nothing")


def test_a_secret_in_the_place_of_its_file_is_not_repeated(environ: dict[str, str]) -> None:
    for name in ("DATABASE_URL", "LINK_PUBLIC_KEY"):
        secrets = ("postgresql://user:hunter2@host/name", "/hunter2", f"{__file__}/hunter2", "hunter2" * 999)
        for secret in secrets:
            problems = refused({**environ, name: "", f"{name}_FILE": secret})
            assert "not the value itself" in str(problems[name])
            assert "hunter2" not in str(SettingsRefused(problems))


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), ("no certificate", "no PEM")])
def test_authorities_that_cannot_be_read_are_told_at_the_start(
    environ: dict[str, str], tmp_path: Path, content: str | None, reason: str
) -> None:
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_text(content)
    [told] = refused({**environ, "SSL_CERT_FILE": str(path)})["SSL_CERT_FILE"]
    assert reason in told


@pytest.mark.parametrize("address", ["http://[::1", "0.0.0.0/0:80", "a b:80"])
def test_what_to_listen_on_is_no_url(environ: dict[str, str], address: str) -> None:
    assert set(refused({**environ, "BIND": address})) == {"BIND"}


def wrong_files(folder: Path) -> dict[str, Path]:
    """Files that cannot give a value, by what the refusal says."""
    files = {
        "there is no such file": folder / "missing",
        "is a folder": folder,
        "is empty": folder / "empty",
        "is larger than": folder / "large",
        "is not text in UTF-8": folder / "binary",
        "is not a regular file": folder / "pipe",
        "Permission denied": folder / "unreadable",
    }
    files["is empty"].write_text(" \n")
    files["is larger than"].write_text("a" * 100_000)
    files["is not text in UTF-8"].write_bytes(b"\xff\xfe\xfd")
    os.mkfifo(files["is not a regular file"])
    files["Permission denied"].write_text("postgresql://a@b/c")
    files["Permission denied"].chmod(0)
    return files


def test_a_file_that_gives_no_value_is_told_as_such(environ: dict[str, str], tmp_path: Path) -> None:
    """Also to a process that may not read it; root may, so the look is taken as somebody else."""
    del environ["DATABASE_URL"]
    tmp_path.chmod(0o755)
    for sentence, path in wrong_files(tmp_path).items():
        if sentence == "Permission denied" and os.geteuid() == 0:
            continue
        for name in ("DATABASE_URL", "LINK_PUBLIC_KEY"):
            given = {"DATABASE_URL": "postgresql://a@b/c", **environ}
            del given[name]
            [told] = refused({**given, f"{name}_FILE": str(path)})[name]
            assert sentence in told
            assert f"{name}_FILE" in told
            assert "not set" not in told


def test_an_unreadable_file_is_no_missing_variable(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    del environ["DATABASE_URL"]
    problems = refused({**environ, "DATABASE_URL_FILE": "/keys/url"})
    assert problems == {"DATABASE_URL": ["DATABASE_URL_FILE: /keys/url cannot be read: Permission denied"]}


def test_a_value_and_a_file_together_are_an_error(environ: dict[str, str], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(environ["DATABASE_URL"])
    problems = refused({**environ, "DATABASE_URL_FILE": str(secret)})
    assert problems == {"DATABASE_URL": ["is set, and so is DATABASE_URL_FILE: set one of them"]}


def test_a_private_key_has_to_fit_its_public_key() -> None:
    (private, public), (_, other) = new_key_pair(), new_key_pair()
    with settings_from({"A_PRIVATE_KEY": private, "A_PUBLIC_KEY": public}) as reader:
        assert reader.key_pair("A_PRIVATE_KEY", "A_PUBLIC_KEY") is not None
    with (
        pytest.raises(SettingsRefused) as caught,
        settings_from({"A_PRIVATE_KEY": private, "A_PUBLIC_KEY": other}) as reader,
    ):
        reader.key_pair("A_PRIVATE_KEY", "A_PUBLIC_KEY")
    assert set(caught.value.problems) == {"A_PRIVATE_KEY", "A_PUBLIC_KEY"}
    assert private not in str(caught.value)


def pem(key: Any, password: bytes | None = None) -> str:
    protection = BestAvailableEncryption(password) if password else NoEncryption()
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
    return text.decode()


WRONG_PRIVATE_KEYS = {
    "holds a public key": new_key_pair()[1],
    "is encrypted": pem(Ed25519PrivateKey.generate(), b"secret"),
    "is damaged": new_key_pair()[0][:60],
    "is a key of another kind": pem(ec.generate_private_key(ec.SECP256R1())),
    "another kind: must be an unencrypted Ed25519": pem(X25519PrivateKey.generate()),
}


@pytest.mark.parametrize("sentence", WRONG_PRIVATE_KEYS)
def test_a_wrong_private_key_is_told_apart(sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_private_key(WRONG_PRIVATE_KEYS[sentence])


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("holds a private key", new_key_pair()[0]),
        ("is damaged", new_key_pair()[1][:50]),
        (
            "is a key of another kind",
            ec.generate_private_key(ec.SECP256R1())
            .public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode(),
        ),
    ],
    ids=["private", "damaged", "other kind"],
)
def test_a_wrong_public_key_is_told_apart(sentence: str, text: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_public_key(text)


def test_own_settings_are_collected_with_the_others(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as caught, settings_from({"HOURS": "-1", "KEY": "x"}) as reader:
        read_own(reader, tmp_path / "missing")
    assert set(caught.value.problems) == {"HOURS", "KEY", "RULES_FILE", "MODE"}
    assert caught.value.problems["RULES_FILE"] == ["line 3: no such country", "line 9: no such tier"]


def read_own(reader: SettingsReader, folder: Path) -> None:
    reader.hours("HOURS")
    reader.private_key("KEY")
    reader.choice("MODE", ("a", "b"))
    reader.refuse("RULES_FILE", "line 3: no such country")
    reader.refuse("RULES_FILE", "line 9: no such tier")
    assert reader.number("MISSING", 5) == 5


def test_the_command_refuses_to_start_and_says_why(environ: dict[str, str]) -> None:
    def build_service(found: object) -> Service:
        read_common_settings({**environ, "WEB_WORKERS": "none", "BIND": "x"}, "example")
        raise AssertionError("not reached")

    for process in ("web", "relay", "consumer", "worker", "migrate", "check-settings"):
        result = CliRunner().invoke(service_command("example", build_service), [process])
        assert result.exit_code == 78, process
        assert "WEB_WORKERS: must be a whole number" in result.stderr
        assert "BIND: must look like host:port" in result.stderr


def test_acts_that_wait_for_a_second_person_are_those_of_any_service(environ: dict[str, str]) -> None:
    assert read_common_settings(environ, "example").four_eyes.acts == frozenset()
    named = {"FOUR_EYES_ACTS": "partners/approval, grants/force", "FOUR_EYES_HOURS": "24"}
    four_eyes = read_common_settings(environ | named, "example").four_eyes
    assert four_eyes == FourEyes(frozenset({"partners/approval", "grants/force"}), timedelta(hours=24))
    wrong = {"FOUR_EYES_ACTS": "partners/approval, partners/aproval", "FOUR_EYES_HOURS": "0"}
    problems = refused(environ | wrong)
    assert problems["FOUR_EYES_ACTS"] == ["roles.yaml has no such act: partners/aproval"]
    assert "FOUR_EYES_HOURS" in problems
