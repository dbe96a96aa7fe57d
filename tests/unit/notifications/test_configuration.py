"""Settings and the learning paths file: everything that is wrong is named, at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from chassis.identity.signing_keys import new_key_pair
from chassis.settings import SettingsRefused
from chassis.settings.yaml_files import FileRefused
from notifications.adapters.learning_paths_file import read_learning_paths
from notifications.adapters.smtp_transport import SmtpSecurity
from notifications.bootstrap import build_service
from notifications.domain.partners import Profile
from notifications.settings import CONFIG, read_settings

PRIVATE, PUBLIC = new_key_pair()
ENVIRON = {
    "DATABASE_URL": "postgresql://a@localhost/b",
    "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
    "PUBLIC_URL": "https://words.example",
    "ONBOARDING_PUBLIC_URL": "https://join.example",
    "INTEGRATIONS_PUBLIC_URL": "https://portal.example",
    "SESSION_PUBLIC_KEY": PUBLIC,
    "LINK_PUBLIC_KEY": PUBLIC,
    "OPS_TOKEN_PUBLIC_KEY": PUBLIC,
    "LINK_PRIVATE_KEY": PRIVATE,
    "MAIL_FROM": "Gangway <partners@gangway.example>",
    "SMTP_HOST": "mail.example",
}
WRONG_FILE = """
paths:
  - path: Big
    title: {de: a, en: b}
    summary: {de: a, en: b}
    url: "https://x.example"
    hours: 1
    link_days: 1
  - {path: ok, title: {de: a}, summary: {de: a, en: b}, url: "http://x.example", hours: 0, link_days: 1}
  - path: odd
    title: {de: a, en: b}
    summary: {de: a, en: b}
    url: "https://x.example"
    hours: 1
    link_days: 1
    product: Telepathy!
    tiers: [gold]
    colour: red
"""


def test_what_is_right_is_read():
    settings = read_settings(ENVIRON)
    assert settings.mail_from.addr_spec == settings.mail_reply_to.addr_spec == "partners@gangway.example"
    assert settings.smtp is not None
    assert settings.smtp.security is SmtpSecurity.STARTTLS
    assert "iot-first-steps" in settings.learning_paths.by_name


def test_mail_to_our_own_machine_needs_no_tls():
    smtp = read_settings(ENVIRON | {"SMTP_HOST": "127.0.0.1"}).smtp
    assert smtp is not None
    assert smtp.security is SmtpSecurity.NONE


def test_ses_needs_no_smtp_host():
    environ = {name: value for name, value in ENVIRON.items() if name != "SMTP_HOST"}
    assert read_settings(environ | {"MAIL_TRANSPORT": "ses"}).smtp is None
    with pytest.raises(SettingsRefused, match="SMTP_HOST"):
        read_settings(environ)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"MAIL_FROM": "nobody"}, "MAIL_FROM"),
        ({"MAIL_REPLY_TO": "a@b\r\nBcc: c@d"}, "MAIL_REPLY_TO"),
        ({"MAIL_TRANSPORT": "pigeon"}, "MAIL_TRANSPORT"),
        ({"MAIL_SMTPUTF8": "maybe"}, "MAIL_SMTPUTF8"),
        ({"MAIL_TRANSPORT": "ses", "MAIL_SMTPUTF8": "yes"}, "MAIL_SMTPUTF8"),
        ({"SMTP_USERNAME": "gangway"}, "SMTP_PASSWORD"),
        ({"SMTP_USERNAME": "a", "SMTP_PASSWORD": "b", "SMTP_TLS": "none"}, "SMTP_TLS"),
        ({"SMTP_PORT": "0"}, "SMTP_PORT"),
        ({"LEARNING_PATHS_FILE": "/nowhere"}, "LEARNING_PATHS_FILE"),
        ({"LINK_PRIVATE_KEY": PUBLIC}, "LINK_PRIVATE_KEY"),
        ({"MAIL_RETRY_FIRST_SECONDS": "soon"}, "MAIL_RETRY_FIRST_SECONDS"),
    ],
)
def test_a_wrong_variable_is_named(wrong, named):
    with pytest.raises(SettingsRefused) as refused:
        read_settings(ENVIRON | wrong)
    assert list(refused.value.problems) == [named]


def test_a_private_key_of_another_pair_is_told_under_both_names():
    with pytest.raises(SettingsRefused) as refused:
        read_settings(ENVIRON | {"LINK_PRIVATE_KEY": new_key_pair()[0]})
    assert set(refused.value.problems) == {"LINK_PRIVATE_KEY", "LINK_PUBLIC_KEY"}


def test_every_wrong_entry_of_the_paths_file_is_named(tmp_path: Path):
    file = tmp_path / "paths.yaml"
    file.write_text(WRONG_FILE, encoding="utf-8")
    with pytest.raises(SettingsRefused) as refused:
        read_settings(ENVIRON | {"LEARNING_PATHS_FILE": str(file)})
    [block] = refused.value.problems["LEARNING_PATHS_FILE"]
    problems = [line.strip() for line in block.splitlines()[1:]]
    for place in (
        "paths[1].path",
        "paths[2].title.en",
        "paths[2].url",
        "paths[2].hours",
        "paths[3].product",
        "paths[3].tiers[1]",
        "paths[3].colour",
    ):
        assert any(problem.startswith(place) for problem in problems), (place, problems)
    assert len(problems) == 7


@pytest.mark.parametrize("text", ["", "- a", "paths: [", "paths: 3", "\x00"])
def test_what_is_no_paths_file_is_refused(tmp_path: Path, text: str):
    file = tmp_path / "paths.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused):
        read_learning_paths(file)


def test_a_path_named_twice_is_refused(tmp_path: Path):
    file = tmp_path / "paths.yaml"
    entries = (CONFIG / "learning_paths.yaml").read_text(encoding="utf-8")
    file.write_text(entries.replace("crm-everyday\n", "joint-selling\n", 1), encoding="utf-8")
    with pytest.raises(FileRefused, match="'joint-selling' is there more than once"):
        read_learning_paths(file)


def test_the_shipped_paths_offer_something_for_every_product():
    paths = read_learning_paths(CONFIG / "learning_paths.yaml")
    profile = Profile(legal_name="x", partner_type="reseller", tier="registered")
    for product in (None, "cloud_sandbox", "analytics", "crm", "iot"):
        assert paths.due(profile, product), product
    assert all(path.link_lifetime >= timedelta(days=1) for path in paths.by_name.values())


def test_every_thread_that_sends_has_its_two_connections():
    """The lock's and the transaction's: waiting for the second one after sending would send twice."""
    service = build_service(ENVIRON | {"WORKER_THREADS": "64"})
    assert service.database.engine.pool.size() >= 2 * 64
