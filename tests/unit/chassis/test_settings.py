"""Settings: defaults, and every wrong variable named at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from chassis.running.cli import service_command
from chassis.service import Service
from chassis.settings import SettingsReader, SettingsRefused, read_common_settings, settings_from


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


def test_everything_that_is_missing_is_named(environ: dict[str, str]) -> None:
    assert set(refused({})) == set(environ)
    assert set(refused(dict.fromkeys(environ, ""))) == set(environ)


def test_every_wrong_value_is_named_and_none_is_repeated(environ: dict[str, str]) -> None:
    wrong = {
        "DATABASE_URL": "mysql://user:hunter2@host/name",
        "KAFKA_BOOTSTRAP_SERVERS": "localhost",
        "KAFKA_API_VERSION": "two",
        "EVENT_TYPE_PREFIX": "Gang Way",
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


def test_secrets_are_not_shown(environ: dict[str, str]) -> None:
    assert "nobody" not in repr(read_common_settings(environ, "example"))


def test_a_value_may_come_from_a_file(environ: dict[str, str], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(environ.pop("DATABASE_URL") + "\n")
    settings = read_common_settings({**environ, "DATABASE_URL_FILE": str(secret)}, "example")
    assert settings.database_url.endswith("/nothing")
    assert "DATABASE_URL" in refused({**environ, "DATABASE_URL_FILE": "/nowhere"})


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
