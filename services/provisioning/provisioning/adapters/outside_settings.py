"""What the outside steps need to know about the vendor's AWS organization and CRM."""

from dataclasses import field
from typing import Literal

from chassis.frozen import Frozen

DETECTION = ("cloudtrail", "config", "guardduty")


class SalesforceSettings(Frozen):
    """``url`` is the org's My Domain; the connected app must allow the client credentials flow.

    ``profile_id`` is the profile of new users.
    """

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    profile_id: str
    timeout_seconds: float = 15.0


class OutsideSettings(Frozen):
    """Settings for `provisioning.adapters.outside.steps`; credentials come from boto3's own chain.

    ``account_email_pattern``: the email address of a new account's root user; ``{key}`` is replaced by 32
    characters, AWS allows 64 in all. If empty, ``identity_center_start_url`` and ``aws_endpoint_url`` follow
    AWS's own rules. ``budget_alert_email`` is notified for every sandbox's budget. ``demanded_detection``:
    which of `DETECTION` must watch each account. ``cleaner_program`` is aws-nuke, run for at most
    ``cleaner_seconds`` at a time; without it no account is emptied.
    """

    aws_region: str
    crm: str = "scim"
    scim_url: str = ""
    scim_token: str = field(default="", repr=False)
    salesforce: SalesforceSettings | None = None
    aws_endpoint_url: str = ""
    aws_connect_timeout_seconds: float = 3.0
    aws_read_timeout_seconds: float = 20.0
    account_email_pattern: str = "aws+{key}@sandboxes.example.com"
    member_account_role: str = "OrganizationAccountAccessRole"
    parent_unit_name: str = "Gangway"
    sandbox_regions: tuple[str, ...] = ("eu-central-1", "eu-west-1", "us-east-1")
    demanded_detection: tuple[str, ...] = ()
    cleaner_program: str = ""
    cleaner_seconds: float = 1800.0
    identity_center_start_url: str = ""
    budget_alert_email: str = ""
    analytics_results_location: str = "s3://gangway-analytics-results"
    quicksight_namespace: str = "default"
    quicksight_identity_region: str = ""
    crm_sign_in_url: str = ""
    scim_timeout_seconds: float = 15.0
    scim_removal: Literal["delete", "deactivate"] = "delete"

    @property
    def quicksight_region(self) -> str:
        """The region of the QuickSight users: one for the account, whatever regions show."""
        return self.quicksight_identity_region or self.aws_region

    @property
    def crm_url(self) -> str:
        return self.salesforce.url if self.salesforce else self.scim_url
