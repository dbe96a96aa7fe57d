"""What the environment says to onboarding."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.settings import CommonSettings, SettingsReader, common_settings, settings_from
from chassis.settings.trusted_proxies import trusted_proxies
from chassis.text.mail_addresses import NotAMailAddress, checked_address
from chassis.text.web_addresses import canonical_web_address
from onboarding.adapters.agreements_folder import read_agreements
from onboarding.adapters.blocklist_file import read_blocklist, read_free_mail_domains, read_platforms
from onboarding.adapters.limits_file import read_approval_limits, read_limits
from onboarding.adapters.rules_file import read_rules
from onboarding.adapters.webauthn_relying_party import WebAuthnRelyingParty
from onboarding.domain.limits import Limits
from onboarding.domain.retention import Retention
from onboarding.domain.shared_domains import SharedDomains
from onboarding.domain.states import Deadlines, State
from onboarding.handlers.ports import Policies

CONFIG = Path(__file__).parent / "config"


class OnboardingSettings(CommonSettings):
    """The settings of all services, and the policies of this one."""

    session_private_key: Ed25519PrivateKey = field(repr=False)
    provisioning_public_url: str
    integrations_public_url: str
    notifications_public_url: str
    policies: Policies = field(repr=False)
    trusted_proxies: int
    mail_smtputf8: bool
    support_contact: str | None


def read_settings(environ: Mapping[str, str]) -> OnboardingSettings:
    """Raises `SettingsRefused` with every wrong variable, and every wrong entry of the files they name."""
    with settings_from(environ) as reader:
        common = common_settings(reader, "onboarding")
        return OnboardingSettings(
            **vars(common),
            session_private_key=reader.key_pair("SESSION_PRIVATE_KEY", "SESSION_PUBLIC_KEY"),
            provisioning_public_url=reader.url("PROVISIONING_PUBLIC_URL"),
            integrations_public_url=reader.url("INTEGRATIONS_PUBLIC_URL", ""),
            notifications_public_url=reader.url("NOTIFICATIONS_PUBLIC_URL", ""),
            policies=_policies(reader, common.public_url),
            trusted_proxies=trusted_proxies(reader),
            mail_smtputf8=reader.choice("MAIL_SMTPUTF8", ("no", "yes"), "no") == "yes",
            support_contact=reader.parsed("SUPPORT_CONTACT", _support_contact, None),
        )


def _policies(reader: SettingsReader, public_url: str) -> Policies:
    return Policies(
        rules=reader.read_from("RULES_FILE", read_rules, CONFIG / "rules.yaml"),
        blocklist=reader.read_from("BLOCKLIST_FILE", read_blocklist, CONFIG / "blocklist.yaml"),
        shared_domains=SharedDomains(
            mail_providers=reader.read_from(
                "FREE_MAIL_FILE", read_free_mail_domains, CONFIG / "free_mail.yaml"
            ),
            platforms=reader.read_from("PLATFORMS_FILE", read_platforms, CONFIG / "platforms.yaml"),
        ),
        approval_limits=reader.read_from(
            "APPROVAL_LIMITS_FILE", read_approval_limits, CONFIG / "approval_limits.yaml"
        ),
        agreements=reader.read_from("AGREEMENTS_FOLDER", read_agreements, CONFIG / "agreements"),
        deadlines=_deadlines(reader),
        link_lifetime=reader.hours("LINK_LIFETIME_HOURS", 72),
        limits=_limits(reader),
        membership_link_lifetime=reader.hours("MEMBERSHIP_LINK_LIFETIME_HOURS", 14 * 24),
        draft_lifetime=timedelta(days=reader.number("DRAFT_LIFETIME_DAYS", 14, least=1, most=365)),
        retention=Retention(
            unverified=_days_kept(reader, "UNVERIFIED_KEPT_DAYS", 30),
            partners=_days_kept(reader, "PARTNERS_KEPT_DAYS", 3 * 365),
        ),
        relying_party=WebAuthnRelyingParty.of(public_url),
    )


def _days_kept(reader: SettingsReader, name: str, usual: int) -> timedelta | None:
    """None for 0, which is for ever."""
    days = reader.number(name, usual, least=0, most=100 * 365)
    return timedelta(days=days) if days else None


def _deadlines(reader: SettingsReader) -> Deadlines:
    return Deadlines(
        {
            State.APPLIED: reader.hours("VERIFICATION_DEADLINE_HOURS", 72),
            State.IN_REVIEW: reader.hours("REVIEW_DEADLINE_HOURS", 3 * 24),
            State.ACTION_REQUIRED: reader.hours("ACTION_DEADLINE_HOURS", 14 * 24),
            State.APPROVED: reader.hours("AGREEMENT_DEADLINE_HOURS", 30 * 24),
            State.AGREEMENT_ACCEPTED: reader.hours("PLANNING_DEADLINE_HOURS", 1),
            State.PROVISIONING: reader.hours("PROVISIONING_DEADLINE_HOURS", 24),
            State.OFFBOARDING: reader.hours("OFFBOARDING_DEADLINE_HOURS", 24),
        },
        reminder_percent=reader.number("REMINDER_PERCENT", 75, least=0, most=99),
    )


def _limits(reader: SettingsReader) -> Limits:
    for name in ("LINKS_PER_ADDRESS_AND_HOUR", "LINKS_PER_PARTNER_AND_HOUR"):
        if reader.is_given(name):
            reader.refuse(name, "is not read; request_link and correct_address in LIMITS_FILE say it")
    return reader.read_from("LIMITS_FILE", read_limits, CONFIG / "limits.yaml")


def _support_contact(text: str) -> str:
    """As a link: the address of a page, or of a mailbox."""
    if text.startswith("https://"):
        return canonical_web_address(text)
    try:
        return f"mailto:{checked_address(text, may_be_international=False)}"
    except NotAMailAddress as error:
        raise ValueError(f"must be an email address or a page that begins with https:// ({error})") from error
