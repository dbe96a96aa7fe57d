"""The settings of notifications: how mails are sent, and what they link to."""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from email_validator import validate_email

from chassis.settings import CommonSettings, SettingsReader, common_settings, settings_from
from notifications.adapters.learning_paths_file import read_learning_paths
from notifications.adapters.smtp_transport import SmtpSecurity, SmtpTransport
from notifications.domain.learning_paths import LearningPaths
from notifications.domain.messages import MOST_ATTEMPTS, RetryPlan

_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<inside>[^<>\s]+)>|(?P<alone>[^<>\s]+)")
OWN_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
CONFIG = Path(__file__).parent / "config"


class NotificationsSettings(CommonSettings):
    """The settings from the environment; ``smtp`` is None if mails go out by SES."""

    link_private_key: Ed25519PrivateKey = field(repr=False)
    onboarding_public_url: str
    integrations_public_url: str
    mail_from: Address
    mail_reply_to: Address
    mail_timeout_seconds: float
    mail_retries: RetryPlan
    mail_gathering: timedelta
    smtp: SmtpTransport | None
    ses_configuration_set: str | None
    mail_smtputf8: bool
    learning_paths: LearningPaths


def read_settings(environ: Mapping[str, str]) -> NotificationsSettings:
    """Raises SettingsRefused naming every wrong variable, and every wrong entry of the paths file."""
    with settings_from(environ) as reader:
        sender = reader.parsed("MAIL_FROM", _address)
        transport = reader.choice("MAIL_TRANSPORT", ("smtp", "ses"), "smtp")
        timeout_seconds = reader.decimal("MAIL_TIMEOUT_SECONDS", 15, least=0.1, most=120)
        return NotificationsSettings(
            **vars(common_settings(reader, "notifications")),
            link_private_key=reader.key_pair("LINK_PRIVATE_KEY", "LINK_PUBLIC_KEY"),
            onboarding_public_url=reader.url("ONBOARDING_PUBLIC_URL"),
            integrations_public_url=reader.url("INTEGRATIONS_PUBLIC_URL"),
            mail_from=sender,
            mail_reply_to=reader.parsed("MAIL_REPLY_TO", _address, sender),
            mail_timeout_seconds=timeout_seconds,
            mail_retries=_retries(reader),
            # How long a mail with learning offers waits for more of them.
            mail_gathering=timedelta(
                seconds=reader.decimal("MAIL_GATHERING_SECONDS", 60, least=0, most=86_400) or 0
            ),
            smtp=_smtp(reader, timeout_seconds) if transport == "smtp" else None,
            ses_configuration_set=reader.optional_text("SES_CONFIGURATION_SET"),
            mail_smtputf8=_smtputf8(reader, transport),
            learning_paths=reader.read_from(
                "LEARNING_PATHS_FILE", read_learning_paths, CONFIG / "learning_paths.yaml"
            ),
        )


def _smtp(reader: SettingsReader, timeout_seconds: float) -> SmtpTransport:
    host = reader.text("SMTP_HOST")
    # Nobody can listen on the way to our own machine; everywhere else TLS is required.
    usual = SmtpSecurity.NONE if host in OWN_MACHINE else SmtpSecurity.STARTTLS
    security = reader.choice("SMTP_TLS", tuple(SmtpSecurity), usual)
    username, password = reader.optional_text("SMTP_USERNAME"), reader.optional_text("SMTP_PASSWORD")
    if (username is None) != (password is None):
        missing = "SMTP_PASSWORD" if password is None else "SMTP_USERNAME"
        reader.refuse(missing, "SMTP_USERNAME and SMTP_PASSWORD belong together")
    if password is not None and security == SmtpSecurity.NONE:
        reader.refuse("SMTP_TLS", "must be starttls or tls where SMTP_PASSWORD is set")
    return SmtpTransport(
        host=host,
        port=reader.number("SMTP_PORT", 587, least=1, most=65_535),
        security=SmtpSecurity(security or SmtpSecurity.STARTTLS),
        username=username,
        password=password,
        timeout_seconds=timeout_seconds,
    )


def _smtputf8(reader: SettingsReader, transport: str | None) -> bool:
    wanted = reader.choice("MAIL_SMTPUTF8", ("no", "yes"), "no") == "yes"
    if wanted and transport == "ses":
        reader.refuse("MAIL_SMTPUTF8", "must be no where MAIL_TRANSPORT is ses, which takes no such address")
    return wanted


def _retries(reader: SettingsReader) -> RetryPlan:
    return RetryPlan(
        first=timedelta(seconds=reader.decimal("MAIL_RETRY_FIRST_SECONDS", 2, least=0.01) or 0),
        most=timedelta(seconds=reader.decimal("MAIL_RETRY_MOST_SECONDS", 900, least=0.01) or 0),
        attempts_most=reader.number("MAIL_ATTEMPTS_MOST", 100, least=1, most=MOST_ATTEMPTS),
    )


def _address(text: str) -> Address:
    found = _ADDRESS.fullmatch(text)
    try:
        if found is None or not text.isprintable():
            raise ValueError
        checked = validate_email(
            found["inside"] or found["alone"], check_deliverability=False, test_environment=True
        )
        if not checked.local_part.isascii():
            raise ValueError
    except ValueError:
        raise ValueError("must be an email address such as Gangway <partners@example.com>") from None
    name = (found["name"] or "").strip().strip('"')
    return Address(display_name=name, username=checked.local_part, domain=checked.ascii_domain)
