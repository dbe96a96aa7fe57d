"""Why AWS could not create an account, mapped to our failures."""

from datetime import timedelta
from typing import TYPE_CHECKING

from chassis.failures import Failure, Kind, NeverPossible, NotNow

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import CreateAccountStatusTypeDef

PASSING: dict[str, str] = {
    "CONCURRENT_ACCOUNT_MODIFICATION": "Another account of the organization was being changed",
    "INTERNAL_FAILURE": "AWS had an internal failure",
    "PENDING_BUSINESS_VALIDATION": "AWS is still validating the business of the organization's owner",
}
# There is room again when AWS raises the quota, or when a closed account disappears after 90 days.
QUOTA: dict[str, str] = {
    "ACCOUNT_LIMIT_EXCEEDED": "The organization has as many accounts as AWS allows it",
}
_ROOM_AGAIN = timedelta(hours=6)
FINAL: dict[str, str] = {
    "EMAIL_ALREADY_EXISTS": "The account's email address belongs to another AWS account",
    "INVALID_ADDRESS": "AWS does not accept the postal address of the organization's owner",
    "INVALID_EMAIL": "AWS does not accept the account's email address",
    "GOVCLOUD_ACCOUNT_ALREADY_EXISTS": "There is an account of this name in AWS GovCloud",
    "MISSING_BUSINESS_VALIDATION": "AWS has not validated the business of the organization's owner",
    "FAILED_BUSINESS_VALIDATION": "AWS refused to validate the business of the organization's owner",
    "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION": "The owner's identity is not valid for AWS's validation",
    "UNKNOWN_BUSINESS_VALIDATION": "AWS cannot tell whether the owner's business is validated",
    "MISSING_PAYMENT_INSTRUMENT": "The organization has no way of paying",
    "INVALID_PAYMENT_INSTRUMENT": "The organization's way of paying is not valid",
    "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED": "The organization's policy does not fit tags",
}


def failure_of_creation(status: "CreateAccountStatusTypeDef") -> Failure:
    """Map a failed creation to a failure; a reason unknown to us is final until an operator looks."""
    reason = status.get("FailureReason", "UNKNOWN")
    code = f"account_{reason.lower()}"
    if reason in PASSING:
        return NotNow(code, PASSING[reason])
    if reason in QUOTA:
        return NotNow(code, QUOTA[reason], _ROOM_AGAIN, kind=Kind.QUOTA)
    return NeverPossible(code, FINAL.get(reason, f"AWS could not create the account: {reason}"))
