"""What the environment says to provisioning."""

import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast

from chassis.settings import CommonSettings, SettingsReader, common_settings, settings_from
from chassis.settings.trusted_proxies import trusted_proxies
from provisioning.adapters.aws.policy_documents import REGION, guard_rail
from provisioning.adapters.catalogue_file import read_catalogue
from provisioning.adapters.crms import CRMS
from provisioning.adapters.outside_settings import DETECTION, OutsideSettings, SalesforceSettings
from provisioning.adapters.price_file import read_prices
from provisioning.adapters.product_kinds import OfferedProduct
from provisioning.domain.catalogue import Catalogue
from provisioning.domain.meters import SpendTerms
from provisioning.domain.patience import BY_KIND, Patience
from provisioning.domain.pool import PoolTerms
from provisioning.domain.prices import Prices
from provisioning.domain.rounds import Rounds
from provisioning.domain.sweeps import SweepTerms

CONFIG = Path(__file__).parent / "config"
# A look that is due again at its end would never let go of its grant.
_LOOK_HOURS_LEAST, _LOOK_HOURS_MOST = 0.1, 24 * 90


class ProvisioningSettings(CommonSettings):
    """The settings of all services, the catalogue, and the way outside."""

    onboarding_public_url: str
    catalogue: Catalogue
    offered: Mapping[str, OfferedProduct] = field(repr=False)
    patience: Patience
    rounds: Rounds
    sweeps: SweepTerms
    pool: PoolTerms
    spending: SpendTerms
    prices: Prices = field(repr=False)
    claim_refusals: int
    trusted_proxies: int
    outside: OutsideSettings = field(repr=False)


def read_settings(environ: Mapping[str, str]) -> ProvisioningSettings:
    """Raises `SettingsRefused` with every wrong variable, and every wrong entry of the catalogue."""
    with settings_from(environ) as reader:
        common = common_settings(reader, "provisioning")
        read = reader.parsed(
            "CATALOGUE_FILE", lambda text: read_catalogue(Path(text)), None
        ) or read_catalogue(CONFIG / "catalogue.yaml")
        outside = _outside(reader)
        _check_guard_rails(reader, read.catalogue, outside)
        return ProvisioningSettings(
            **vars(common),
            # Behind one gateway, all services have one address.
            onboarding_public_url=reader.url("ONBOARDING_PUBLIC_URL", "") or common.public_url,
            catalogue=read.catalogue,
            offered=read.offered,
            patience=_patience(reader),
            rounds=_rounds(reader, read.offered),
            sweeps=_sweeps(reader),
            pool=_pool(reader),
            spending=_spending(reader),
            prices=reader.read_from("PRICE_FILE", read_prices, CONFIG / "prices.yaml"),
            claim_refusals=reader.number("CLAIM_REFUSALS_PER_NETWORK_AND_HOUR", 60, least=1, most=1_000_000),
            trusted_proxies=trusted_proxies(reader),
            outside=outside,
        )


def _patience(reader: SettingsReader) -> Patience:
    return Patience(
        first_seconds=reader.decimal("STEP_RETRY_FIRST_SECONDS", 1, least=0.01, most=3600),
        most_seconds=reader.decimal("STEP_RETRY_MOST_SECONDS", 300, least=0.01, most=86_400),
        lasts_seconds=reader.decimal("STEP_PATIENCE_SECONDS", 1800, least=0, most=90 * 86_400),
        by_kind=reader.parsed("STEP_PATIENCE_BY_KIND", _patience_by_kind, BY_KIND),
    )


def _rounds(reader: SettingsReader, offered: Collection[str]) -> Rounds:
    return Rounds(
        every_hours=reader.decimal("LOOK_EVERY_HOURS", 24, least=_LOOK_HOURS_LEAST, most=_LOOK_HOURS_MOST),
        by_product=reader.parsed(
            "LOOK_EVERY_HOURS_BY_PRODUCT",
            lambda text: _amounts(text, offered, least=_LOOK_HOURS_LEAST, most=_LOOK_HOURS_MOST),
            {},
        ),
        looks_per_minute=reader.number("LOOKS_PER_MINUTE", 60, least=1, most=6000),
    )


def _sweeps(reader: SettingsReader) -> SweepTerms:
    return SweepTerms(
        every_hours=reader.decimal("SWEEP_EVERY_HOURS", 24, least=0, most=24 * 90),
        pages_per_minute=reader.number("SWEEP_PAGES_PER_MINUTE", 60, least=1, most=6000),
        apart=timedelta(minutes=reader.decimal("SWEEP_SEEN_TWICE_MINUTES", 30, least=0, most=60 * 24 * 30)),
    )


def _spending(reader: SettingsReader) -> SpendTerms:
    return SpendTerms(
        look_every=timedelta(minutes=reader.decimal("SPEND_LOOK_EVERY_MINUTES", 3, least=0, most=24 * 60)),
        looks_per_minute=reader.number("SPEND_LOOKS_PER_MINUTE", 120, least=1, most=6000),
        bills_every=timedelta(hours=reader.decimal("BILLS_EVERY_HOURS", 8, least=0, most=24 * 7)),
    )


def _patience_by_kind(text: str) -> Mapping[str, timedelta]:
    """Kinds that are not named keep theirs."""
    named = _amounts(text, BY_KIND, least=0, most=90 * 86_400)
    return {**BY_KIND, **{kind: timedelta(seconds=seconds) for kind, seconds in named.items()}}


def _amounts(text: str, names: Collection[str], least: float, most: float) -> dict[str, float]:
    """Read ``name=number, name=number``."""
    amounts = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, amount = (word.strip() for word in part.partition("="))
        if name not in names:
            raise ValueError(f"knows no {name!r}; there are {', '.join(names)}")
        try:
            amounts[name] = float(amount)
        except ValueError:
            raise ValueError(f"must give {name} a number") from None
        if not least <= amounts[name] <= most:
            raise ValueError(f"must give {name} a number from {least:g} to {most:g}")
    return amounts


def _pool(reader: SettingsReader) -> PoolTerms:
    """Accounts come back to the pool where something is there that empties them, unless said otherwise."""
    has_cleaner = reader.is_given("SANDBOX_CLEANER")
    after_use = reader.choice("SANDBOX_AFTER_USE", ("close", "reuse"), "reuse" if has_cleaner else "close")
    if after_use == "reuse" and not has_cleaner:
        reader.refuse("SANDBOX_AFTER_USE", "can be reuse only where SANDBOX_CLEANER names aws-nuke")
    return PoolTerms(
        size=reader.number("SANDBOX_POOL_SIZE", 0, least=0, most=1000),
        creations_at_once=reader.number("SANDBOX_POOL_CREATIONS", 2, least=1, most=5),
        reuses=after_use == "reuse",
        has_cleaner=has_cleaner,
        rounds_most=reader.number("SANDBOX_CLEANING_ROUNDS", 3, least=1, most=20),
        between_rounds=timedelta(
            minutes=reader.decimal("SANDBOX_CLEANING_PAUSE_MINUTES", 5, least=0, most=1440) or 0
        ),
        cooldown=timedelta(hours=reader.decimal("SANDBOX_COOLDOWN_HOURS", 24, least=0, most=24 * 90) or 0),
    )


def _program(text: str) -> str:
    """The path of a program that is there, or its name on the path of this process."""
    found = shutil.which(text)
    if found is None:
        raise ValueError("names no program that is there and can be run")
    return found


def _outside(reader: SettingsReader) -> OutsideSettings:
    """The variables whose names begin with AWS are boto3's own; credentials are left to boto3."""
    crm = reader.choice("CRM", tuple(CRMS), "scim")
    removal = reader.choice("SCIM_REMOVAL", ("delete", "deactivate"), "delete")
    return OutsideSettings(
        aws_region=reader.text("AWS_DEFAULT_REGION", "eu-central-1"),
        aws_endpoint_url=reader.url("AWS_ENDPOINT_URL", ""),
        crm=crm,
        scim_url=reader.url("SCIM_URL") if crm == "scim" else "",
        scim_token=reader.text("SCIM_TOKEN") if crm == "scim" else "",
        salesforce=_salesforce(reader) if crm == "salesforce" else None,
        scim_removal=cast(Literal["delete", "deactivate"], removal),
        account_email_pattern=reader.parsed(
            "SANDBOX_EMAIL_PATTERN", _email_pattern, OutsideSettings.account_email_pattern
        ),
        member_account_role=reader.parsed(
            "SANDBOX_MEMBER_ROLE", _role_name, OutsideSettings.member_account_role
        ),
        parent_unit_name=reader.text("SANDBOX_PARENT_OU_NAME", OutsideSettings.parent_unit_name),
        sandbox_regions=reader.parsed("SANDBOX_REGIONS", _regions, OutsideSettings.sandbox_regions),
        demanded_detection=reader.parsed("SANDBOX_DETECTION", _detection, ()),
        cleaner_program=reader.parsed("SANDBOX_CLEANER", _program, ""),
        cleaner_seconds=reader.decimal("SANDBOX_CLEANER_SECONDS", 1800, least=10, most=3600),
        identity_center_start_url=reader.url("IDENTITY_CENTER_START_URL", ""),
        budget_alert_email=reader.text("BUDGET_ALERT_EMAIL", ""),
        analytics_results_location=reader.url(
            "ANALYTICS_RESULTS_LOCATION", OutsideSettings.analytics_results_location, schemes=("s3",)
        ),
        quicksight_identity_region=reader.text("QUICKSIGHT_IDENTITY_REGION", ""),
        crm_sign_in_url=reader.url("CRM_SIGN_IN_URL", ""),
        quicksight_namespace=reader.text("QUICKSIGHT_NAMESPACE", OutsideSettings.quicksight_namespace),
    )


def _check_guard_rails(reader: SettingsReader, catalogue: Catalogue, outside: OutsideSettings) -> None:
    """Whether AWS takes them; and what is out of these regions is neither looked at nor emptied."""
    for number, entry in enumerate(catalogue.entries, 1):
        if catalogue.products[entry.product_name].account_step is None:
            continue
        unknown = set(entry.parameters.get("allowed_regions", ())) - set(outside.sandbox_regions)
        if unknown:
            name = ", ".join(sorted(unknown))
            reader.refuse("SANDBOX_REGIONS", f"misses {name}, which entry {number} of the catalogue allows")
            continue
        try:
            guard_rail(outside.sandbox_regions, outside.member_account_role, entry.parameters)
        except ValueError as error:
            reader.refuse("CATALOGUE_FILE", f"entry {number} {error}")


def _salesforce(reader: SettingsReader) -> SalesforceSettings:
    return SalesforceSettings(
        url=reader.url("SALESFORCE_URL"),
        client_id=reader.text("SALESFORCE_CLIENT_ID"),
        client_secret=reader.text("SALESFORCE_CLIENT_SECRET"),
        profile_id=reader.text("SALESFORCE_PROFILE_ID"),
    )


def _email_pattern(text: str) -> str:
    """AWS allows 64 characters; the key takes 32."""
    if text.count("{key}") != 1 or "@" not in text:
        raise ValueError("must be an email address with {key} in it")
    if len(text) - len("{key}") + 32 > 64:
        raise ValueError("must leave 32 of 64 characters to {key}")
    return text


def _regions(text: str) -> tuple[str, ...]:
    regions = tuple(region.strip() for region in text.split(",") if region.strip())
    if not regions:
        raise ValueError("must name at least one region")
    if wrong := [region for region in regions if not re.fullmatch(REGION, region)]:
        raise ValueError(f"names {', '.join(wrong)}, which is no region of AWS")
    return regions


def _detection(text: str) -> tuple[str, ...]:
    named = {service.strip() for service in text.split(",") if service.strip()}
    if unknown := ", ".join(sorted(named.difference(DETECTION))):
        raise ValueError(f"knows no {unknown}; there are {', '.join(DETECTION)}")
    return tuple(sorted(named))


def _role_name(text: str) -> str:
    """Also with a path. It stands in the guard rails: a wildcard there would spare everybody."""
    if not re.fullmatch(r"[\w+=,.@/-]{1,512}", text, re.ASCII):
        raise ValueError("must be the name of a role, without wildcards")
    return text
