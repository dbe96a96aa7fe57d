"""What the environment says to provisioning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from chassis.settings import CommonSettings, SettingsReader, common_settings, settings_from
from provisioning.adapters.catalogue_file import CatalogueInvalid, read_catalogue
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.domain.catalogue import Catalogue
from provisioning.domain.patience import Patience

DEFAULT_CATALOGUE = Path(__file__).parent / "config" / "catalogue.yaml"


@dataclass(frozen=True, kw_only=True)
class ProvisioningSettings(CommonSettings):
    """The settings of all services, the catalogue, and the way outside."""

    onboarding_public_url: str
    catalogue: Catalogue
    patience: Patience
    outside: OutsideSettings = field(repr=False)


def read_settings(environ: Mapping[str, str]) -> ProvisioningSettings:
    """Raises `SettingsRefused` with every wrong variable, and every wrong entry of the catalogue."""
    with settings_from(environ) as reader:
        common = common_settings(reader, "provisioning")
        return ProvisioningSettings(
            **vars(common),
            # Behind one gateway, all services have one address.
            onboarding_public_url=reader.url("ONBOARDING_PUBLIC_URL", "") or common.public_url,
            catalogue=reader.parsed("CATALOGUE_FILE", _catalogue, read_catalogue(DEFAULT_CATALOGUE)),
            patience=Patience(
                first_seconds=reader.decimal("STEP_RETRY_FIRST_SECONDS", 1, least=0.01, most=3600),
                most_seconds=reader.decimal("STEP_RETRY_MOST_SECONDS", 300, least=0.01, most=86_400),
                attempts_most=reader.number("STEP_ATTEMPTS_MOST", 12, least=1, most=1000),
            ),
            outside=_outside(reader),
        )


def _catalogue(text: str) -> Catalogue:
    try:
        return read_catalogue(Path(text))
    except CatalogueInvalid as error:
        raise ValueError(str(error)) from error


def _outside(reader: SettingsReader) -> OutsideSettings:
    """The variables whose names begin with AWS are boto3's own; credentials are left to boto3."""
    removal = reader.choice("SCIM_REMOVAL", ("delete", "deactivate"), "delete")
    return OutsideSettings(
        aws_region=reader.text("AWS_DEFAULT_REGION", "eu-central-1"),
        aws_endpoint_url=reader.url("AWS_ENDPOINT_URL", ""),
        scim_url=reader.url("SCIM_URL"),
        scim_token=reader.text("SCIM_TOKEN"),
        scim_removal=cast(Literal["delete", "deactivate"], removal),
        account_email_pattern=reader.parsed(
            "SANDBOX_EMAIL_PATTERN", _email_pattern, OutsideSettings.account_email_pattern
        ),
        member_account_role=reader.text("SANDBOX_MEMBER_ROLE", OutsideSettings.member_account_role),
        parent_unit_name=reader.text("SANDBOX_PARENT_OU_NAME", OutsideSettings.parent_unit_name),
        sandbox_regions=reader.parsed("SANDBOX_REGIONS", _regions, OutsideSettings.sandbox_regions),
        identity_center_start_url=reader.url("IDENTITY_CENTER_START_URL", ""),
        budget_alert_email=reader.text("BUDGET_ALERT_EMAIL", ""),
        analytics_results_location=reader.url(
            "ANALYTICS_RESULTS_LOCATION", OutsideSettings.analytics_results_location, schemes=("s3",)
        ),
        quicksight_namespace=reader.text("QUICKSIGHT_NAMESPACE", OutsideSettings.quicksight_namespace),
    )


def _email_pattern(text: str) -> str:
    """AWS allows 64 characters; the key takes 32."""
    if text.count("{key}") != 1 or "@" not in text:
        raise ValueError("must be a mail address with {key} in it")
    if len(text) - len("{key}") + 32 > 64:
        raise ValueError("must leave 32 of 64 characters to {key}")
    return text


def _regions(text: str) -> tuple[str, ...]:
    regions = tuple(region.strip() for region in text.split(",") if region.strip())
    if not regions:
        raise ValueError("must name at least one region")
    return regions
