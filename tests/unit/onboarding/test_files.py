"""The files that owners edit: the shipped ones are right, and every wrong entry is named."""

from pathlib import Path

import pytest

from chassis.identity.signing_keys import new_key_pair
from chassis.settings import SettingsRefused
from chassis.settings.yaml_files import FileRefused
from onboarding.adapters.agreements_folder import read_agreements
from onboarding.adapters.blocklist_file import read_blocklist, read_free_mail_domains
from onboarding.adapters.rules_file import read_rules
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Language
from onboarding.settings import CONFIG, read_settings

PRIVATE, PUBLIC = new_key_pair()
ENVIRON = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
    "PUBLIC_URL": "https://gangway.example",
    "PROVISIONING_PUBLIC_URL": "https://access.gangway.example",
    "SESSION_PRIVATE_KEY": PRIVATE,
    "SESSION_PUBLIC_KEY": PUBLIC,
    "LINK_PUBLIC_KEY": PUBLIC,
    "OPS_TOKEN_PUBLIC_KEY": PUBLIC,
}


def test_what_is_shipped_can_be_used() -> None:
    settings = read_settings(ENVIRON)
    assert settings.policies.rules.approval
    assert "gmail.com" in settings.policies.shared_domains.mail_providers
    assert settings.policies.agreements.current_version == "2026-01"
    assert settings.policies.agreements.current(Language.DE).markdown.startswith("# Partnervereinbarung")
    assert State.APPLIED in settings.policies.deadlines.waits


def test_every_wrong_rule_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("""
required_data:
  - field: shoe_size
registration_numbers:
  DE: "("
  Germany: "x"
automatic_approval:
  - name: one
    tier: golden
  - name: two
    tier: select
    countries: [NO, XX]
    members_at_most: 0
    color: red
""")
    with pytest.raises(FileRefused) as refused:
        read_rules(path)
    named = "\n".join(refused.value.problems)
    for place in (
        "required_data[1].field",
        "registration_numbers.DE",
        "registration_numbers.Germany",
        "automatic_approval[1].tier",
        "automatic_approval[2].countries[1]",
        "automatic_approval[2].countries[2]",
        "automatic_approval[2].members_at_most",
        "automatic_approval[2].color",
    ):
        assert place in named, named


def test_every_wrong_entry_of_the_blocklist_is_named(tmp_path: Path) -> None:
    path = tmp_path / "blocklist.yaml"
    path.write_text("""
names: [{pattern: "[", reason: x}]
registrations: [{country: DE, number: "--", reason: x}]
mail_domains: [{domain: "not a domain", reason: x}, {domain: ok.example}]
countries: KP
""")
    with pytest.raises(FileRefused) as refused:
        read_blocklist(path)
    named = "\n".join(refused.value.problems)
    for place in (
        "names[1].pattern",
        "registrations[1].number",
        "mail_domains[1].domain",
        "mail_domains[2].reason",
        "countries",
    ):
        assert place in named, named


@pytest.mark.parametrize("text", ["a: [", "- x", "domains: [gmail]", "", "domains: 7"])
def test_files_that_are_something_else(tmp_path: Path, text: str) -> None:
    path = tmp_path / "free_mail.yaml"
    path.write_text(text)
    with pytest.raises(FileRefused, match="cannot be used"):
        read_free_mail_domains(path)


def test_an_empty_blocklist_blocks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "blocklist.yaml"
    path.write_text("# nobody\n")
    assert read_blocklist(path).names == ()


def test_agreements_need_every_language_and_a_version_in_time(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="no version"):
        read_agreements(tmp_path)
    for version in ("2026-01", "final-final"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "en.md").write_text("words")
    (tmp_path / "2026-01" / "de.md").write_text("  \n")
    with pytest.raises(FileRefused) as refused:
        read_agreements(tmp_path)
    named = "\n".join(refused.value.problems)
    assert "2026-01/de.md: is empty" in named
    assert "final-final/de.md: cannot be read" in named
    assert "final-final: not a version" in named


def test_the_newest_agreement_is_in_force() -> None:
    agreements = read_agreements(CONFIG / "agreements")
    assert {version for version, _ in agreements.texts} == {"2025-07", "2026-01"}
    assert agreements.current_version == "2026-01"


def test_the_process_refuses_to_start_and_names_all_that_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "rules.yaml"
    wrong.write_text("automatic_approval: [{name: x}]")
    environ = {
        **ENVIRON,
        "RULES_FILE": str(wrong),
        "BLOCKLIST_FILE": str(tmp_path / "nothing.yaml"),
        "VERIFICATION_DEADLINE_HOURS": "soon",
        "DRAFT_LIFETIME_DAYS": "0",
        "PARTNERS_KEPT_DAYS": "-1",
        "UNVERIFIED_KEPT_DAYS": "for ever",
    }
    del environ["SESSION_PRIVATE_KEY"]
    with pytest.raises(SettingsRefused) as refused:
        read_settings(environ)
    assert set(refused.value.problems) == {
        "RULES_FILE",
        "BLOCKLIST_FILE",
        "VERIFICATION_DEADLINE_HOURS",
        "DRAFT_LIFETIME_DAYS",
        "PARTNERS_KEPT_DAYS",
        "UNVERIFIED_KEPT_DAYS",
        "SESSION_PRIVATE_KEY",
    }
    assert "automatic_approval[1].tier" in refused.value.block()


def test_a_private_key_of_another_pair_is_told_under_both_names() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**ENVIRON, "SESSION_PRIVATE_KEY": new_key_pair()[0]})
    assert set(refused.value.problems) == {"SESSION_PRIVATE_KEY", "SESSION_PUBLIC_KEY"}


@pytest.mark.parametrize(
    ("given", "link"),
    [
        ("", None),
        ("Partners@Gangway.example", "mailto:Partners@gangway.example"),
        ("https://help.gangway.example/partners", "https://help.gangway.example/partners"),
    ],
)
def test_whom_partners_can_write_to(given: str, link: str | None) -> None:
    assert read_settings({**ENVIRON, "SUPPORT_CONTACT": given}).support_contact == link


@pytest.mark.parametrize(
    "wrong", ["call us", "javascript:alert(1)", "http://help.example", "https://", "a@b@c"]
)
def test_a_contact_that_nobody_can_write_to_stops_the_start(wrong: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**ENVIRON, "SUPPORT_CONTACT": wrong})
    assert set(refused.value.problems) == {"SUPPORT_CONTACT"}


@pytest.mark.parametrize(
    ("public_url", "given", "proxies"),
    [
        ("https://gangway.example", None, 1),
        ("https://gangway.example", "2", 2),
        ("http://127.0.0.1:18400", None, 0),
        ("http://127.0.0.1:18400", "1", 1),
    ],
)
def test_how_many_proxies_are_trusted(public_url: str, given: str | None, proxies: int) -> None:
    environ = {**ENVIRON, "PUBLIC_URL": public_url, "TRUSTED_PROXIES": given or ""}
    assert read_settings(environ).trusted_proxies == proxies


@pytest.mark.parametrize("given", ["0", "-1", "9", "one", "1.5"])
def test_a_number_of_proxies_that_cannot_be_is_refused(given: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**ENVIRON, "TRUSTED_PROXIES": given})
    assert set(refused.value.problems) == {"TRUSTED_PROXIES"}


def test_wrong_limits_and_limits_of_before_are_refused_by_their_names(tmp_path: Path) -> None:
    wrong = tmp_path / "limits.yaml"
    wrong.write_text("acts: {apply: {address: {at_most: many, minutes: 5}}}")
    environ = {
        **ENVIRON,
        "LIMITS_FILE": str(wrong),
        "LINKS_PER_ADDRESS_AND_HOUR": "5",
        "LINKS_PER_PARTNER_AND_HOUR": "5",
    }
    with pytest.raises(SettingsRefused) as refused:
        read_settings(environ)
    assert set(refused.value.problems) == environ.keys() - ENVIRON.keys()
    assert "acts.apply.address.at_most" in refused.value.block()
