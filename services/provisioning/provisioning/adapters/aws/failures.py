"""AWS's errors sorted once, at the edge: try later, with patience by kind, or never possible as it stands.

AWS is eventually consistent: "not found", "invalid principal", "access denied", "invalid token" are said of
what was just made, too. A thing that is looked for and not there is no failure, and does not come here: each
adapter knows where that is an answer. So whatever is missing here is waited for, as long as the kind allows.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PaginationError,
    TokenRetrievalError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)

from chassis.failures import Failure, Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.retry_after import retry_after
from provisioning.adapters.sorted_failures import failures_sorted

T = TypeVar("T")

# By the code without "Exception" and "Fault" at its end: services differ in that.
_CODES: dict[Kind, frozenset[str]] = {
    Kind.THROTTLED: frozenset(
        {
            "BandwidthLimitExceeded",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceeded",
            "RequestLimitExceeded",
            "RequestThrottled",
            "SlowDown",
            "Throttled",
            "Throttling",
            "TooManyRequests",
            "TransactionInProgress",
        }
    ),
    Kind.UNAVAILABLE: frozenset(
        {
            "BillingViewHealthStatus",
            "DataUnavailable",
            # Our own credentials are renewed from outside.
            "ExpiredToken",
            "FederationSourceRetryable",
            # Whoever sets the clock right, or the key, has all our calls accepted again.
            "IncompleteSignature",
            "InternalError",
            "InternalFailure",
            "InternalServer",
            "InternalServerError",
            "InternalService",
            "InternalServiceError",
            "InvalidSignature",
            "OperationTimeout",
            "RequestExpired",
            "RequestInTheFuture",
            "RequestTimeTooSkewed",
            "RequestTimeout",
            "ResourceUnavailable",
            "Service",
            "ServiceFailure",
            "ServiceUnavailable",
            "SignatureDoesNotMatch",
            "TokenRefreshRequired",
        }
    ),
    Kind.CONFLICT: frozenset(
        {
            "AccountAlreadyClosed",
            "AlreadyExists",
            "CertificateConflict",
            "CertificateState",
            "ConcurrentModification",
            "Conflict",
            "DeleteConflict",
            "DuplicateAccount",
            "DuplicateOrganizationalUnit",
            "DuplicatePolicy",
            "DuplicatePolicyAttachment",
            "DuplicateRecord",
            "EntityAlreadyExists",
            "EntityTemporarilyUnmodifiable",
            "FinalizingOrganization",
            # A list is asked for again from its beginning.
            "InvalidNextToken",
            "PolicyChangesInProgress",
            "PolicyInUse",
            "PolicyTypeAlreadyEnabled",
            "PreconditionNotMet",
            # Pages of bills belong to one question.
            "RequestChanged",
            "ResourceAlreadyExists",
            "ResourceExists",
            "ResourceLocked",
            "TransferConflict",
            "VersionConflict",
            # The older ones were deleted just before, so somebody else is at it.
            "VersionsLimitExceeded",
        }
    ),
    Kind.EVENTUAL_CONSISTENCY: frozenset(
        {
            "AccountNotFound",
            "AuthFailure",
            "ChildNotFound",
            "DestinationParentNotFound",
            "EntityNotFound",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidToken",
            "MissingAuthenticationToken",
            "NoSuchEntity",
            "NotFound",
            "OptInRequired",
            "ParentNotFound",
            "PendingVerification",
            "PolicyNotAttached",
            "PolicyNotFound",
            "PolicyTypeNotEnabled",
            "RegionDisabled",
            "ResourceNotFound",
            "RootNotFound",
            "SourceParentNotFound",
            "SubscriptionRequired",
            "TargetNotFound",
            "UnrecognizedClient",
        }
    ),
    Kind.DENIED: frozenset(
        {
            "AccessDenied",
            "AccessDeniedForDependency",
            "AuthorizationError",
            "DecryptionFailure",
            "EncryptionFailure",
            "GlueEncryption",
            "NotAuthorized",
            "Unauthorized",
            "UnauthorizedOperation",
        }
    ),
    Kind.QUOTA: frozenset(
        {
            "CreationLimitExceeded",
            "LimitExceeded",
            "ResourceNumberLimitExceeded",
            "ServiceQuotaExceeded",
        }
    ),
    Kind.REFUSED: frozenset(
        {
            "AWSOrganizationsNotInUse",
            "BillExpiration",
            "CertificateValidation",
            "ConstraintViolation",
            "FederatedResourceAlreadyExists",
            "FederationSource",
            "InvalidInput",
            "InvalidParameter",
            "InvalidParameterValue",
            "InvalidRequest",
            "MalformedPolicy",
            "MalformedPolicyDocument",
            "PackedPolicyTooLarge",
            "PolicyTypeNotAvailableForOrganization",
            "UnmodifiableEntity",
            "UnsupportedAPIEndpoint",
            "Validation",
        }
    ),
}
# Where an adapter asks for one thing these are an answer.
_GONE = (
    "ResourceNotFoundException",
    "EntityNotFoundException",
    "NotFoundException",
    "NoSuchEntity",
    "NoSuchEntityException",
)
_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes}
_KINDS_BY_STATUS = {
    401: Kind.DENIED,
    403: Kind.DENIED,
    404: Kind.EVENTUAL_CONSISTENCY,
    408: Kind.UNAVAILABLE,
    409: Kind.CONFLICT,
    412: Kind.CONFLICT,
    429: Kind.THROTTLED,
}

_HOUR = timedelta(hours=1)
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
_QUOTAS_THAT_RENEW = {
    "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED": (_HOUR, "one day"),
    "CLOSE_ACCOUNT_QUOTA_EXCEEDED": (6 * _HOUR, "30 days"),
    "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED": (_HOUR, "the time that the closures under way take"),
    "HANDSHAKE_RATE_LIMIT_EXCEEDED": (_HOUR, "one day"),
    "WAIT_PERIOD_ACTIVE": (6 * _HOUR, "seven days"),
}
_CONSTRAINTS_OF_A_NEW_ORGANIZATION = {"ACCOUNT_CREATION_NOT_COMPLETE"}
# A trust policy or a grant that names somebody whom IAM does not know yet is malformed, invalid, or refused.
_NAMES_A_PRINCIPAL = re.compile("principal", re.IGNORECASE)
_REASON_IS_A_QUOTA = re.compile("LIMIT_EXCEEDED|QUOTA")


def unless_gone(ask: Callable[[], T]) -> T | None:
    """Return the answer, None where AWS says that there is no such thing."""
    with tolerated():
        return ask()
    return None


def every(client: Any, operation: str, key: str, **wanted: Any) -> Iterator[Any]:
    """Yield what all pages of an operation list. Raises PaginationError for a page that follows itself."""
    if client.can_paginate(operation):
        for page in client.get_paginator(operation).paginate(**wanted):
            yield from page[key]
        return
    page = getattr(client, operation)(**wanted)
    yield from page.get(key, ())
    while token := page.get("NextToken"):
        page = getattr(client, operation)(**wanted, NextToken=token)
        if page.get("NextToken") == token:
            raise PaginationError(message="The same next token twice")
        yield from page.get(key, ())


@contextmanager
def tolerated(*codes: str) -> Iterator[None]:
    """Go on behind the block where AWS refuses it with one of these codes, or says that it is gone."""
    try:
        yield
    except ClientError as error:
        if not (error_code(error) in codes if codes else is_gone(error)):
            raise


def is_gone(error: ClientError) -> bool:
    return error_code(error) in _GONE


def sorted_failure(error: ClientError | BotoCoreError) -> Failure:
    return _sorted_answer(error) if isinstance(error, ClientError) else _sorted_without_answer(error)


aws_failures_sorted = partial(failures_sorted, (ClientError, BotoCoreError), sorted_failure)


def error_code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def constraint(error: ClientError) -> str:
    """Return the reason that Organizations gives with a ConstraintViolationException, or nothing."""
    return str(error.response.get("Reason", ""))


def _sorted_answer(error: ClientError) -> Failure:
    code, reason = _stable_code(error_code(error), constraint(error)), constraint(error)
    said = error.response.get("Error", {}).get("Message") or "AWS gives no reason"
    message = redacted_cause(f"AWS {error.operation_name}: {said}")
    if reason in _QUOTAS_THAT_RENEW:
        wait, renewal = _QUOTAS_THAT_RENEW[reason]
        return NotNow(code, f"{message}. The quota renews within {renewal}", wait, kind=Kind.QUOTA)
    kind = _kind_of(error)
    if kind in (Kind.REFUSED, Kind.QUOTA):
        return NeverPossible(code, message, kind=kind)
    return NotNow(code, message, _asked_to_wait(error), kind=kind)


def _kind_of(error: ClientError) -> Kind:
    kind = known_kind(error_code(error))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    reason = constraint(error)
    if reason in _CONSTRAINTS_OF_A_NEW_ORGANIZATION:
        return Kind.UNAVAILABLE
    if _REASON_IS_A_QUOTA.search(reason):
        return Kind.QUOTA
    if kind is Kind.REFUSED:
        said = f"{reason} {error.response['Error'].get('Message', '')}"
        return Kind.EVENTUAL_CONSISTENCY if _NAMES_A_PRINCIPAL.search(said) else kind
    if kind is None and (status >= 500 or 300 <= status < 400):
        return Kind.UNAVAILABLE
    return kind or _KINDS_BY_STATUS.get(status, Kind.REFUSED)


def known_kind(code: str) -> Kind | None:
    """Return the kind in the table, or None for a code that AWS invented since."""
    return _KINDS.get(re.sub(r"(Exception|Fault)$", "", code))


def _asked_to_wait(error: ClientError) -> timedelta | None:
    """Return what the header says, or what some services say in the answer."""
    answer: dict[str, object] = {**error.response}
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    said = (headers.get("retry-after"), answer.get("RetryAfterSeconds"), answer.get("retryAfterSeconds"))
    return next((wait for wait in map(retry_after, said) if wait), None)


def _sorted_without_answer(error: BotoCoreError) -> Failure:
    """Sort what botocore says itself. Credentials come from a service too and may come back."""
    name = type(error).__name__
    if isinstance(error, NoConnection | HTTPClientError | IncompleteReadError | PaginationError):
        return NotNow("aws_unreachable", f"AWS did not answer ({name}); it may have done what was asked")
    if isinstance(error, NoCredentialsError | CredentialRetrievalError | TokenRetrievalError):
        return NotNow("aws_credentials_missing", f"There are no credentials for AWS ({name})")
    return NeverPossible("aws_request_invalid", redacted_cause(f"{name}: {error}"))


def _stable_code(code: str, reason: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", code.removesuffix("Exception")).lower()
    words = re.sub(r"[^a-z0-9]+", "_", words).strip("_").removeprefix("aws_").removeprefix("aws")
    return "_".join(filter(None, ("aws", words or "error", reason.lower())))
