"""AWS's errors sorted once, at the edge: try later, or never possible as it stands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    TokenRetrievalError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)

from chassis.failures import Failure, NeverPossible, NotNow
from chassis.redaction import redacted_cause

_THROTTLED = {
    "BandwidthLimitExceeded",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
_ILL = {
    "InternalError",
    "InternalErrorException",
    "InternalFailure",
    "InternalFailureException",
    "InternalServerException",
    "InternalServiceError",
    "InternalServiceException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ResourceUnavailableException",
    "ServiceException",
    "ServiceFailure",
    "ServiceFailureException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
}
_SOMEONE_ELSE_IS_AT_IT = {
    "ConcurrentModification",
    "ConcurrentModificationException",
    "ConflictException",
    "DeleteConflict",
    "DeleteConflictException",
    "FinalizingOrganizationException",
    "PolicyChangesInProgressException",
    "VersionConflictException",
}
_CREDENTIALS_BEING_RENEWED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_PASSES = _THROTTLED | _ILL | _SOMEONE_ELSE_IS_AT_IT | _CREDENTIALS_BEING_RENEWED

_CONSTRAINTS_THAT_PASS = {
    "ACCOUNT_CREATION_NOT_COMPLETE",
    "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED",
    "HANDSHAKE_RATE_LIMIT_EXCEEDED",
    "WAIT_PERIOD_ACTIVE",
}


@contextmanager
def aws_failures_sorted() -> Iterator[None]:
    """Turn every botocore error that leaves the block into NotNow or NeverPossible."""
    try:
        yield
    except ClientError as error:
        raise _sorted_answer(error) from error
    except BotoCoreError as error:
        raise _sorted_without_answer(error) from error


def error_code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def constraint(error: ClientError) -> str:
    """Return the reason that Organizations gives with a ConstraintViolationException, or nothing."""
    return str(error.response.get("Reason", ""))


def _sorted_answer(error: ClientError) -> Failure:
    code, reason = error_code(error), constraint(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    said = error.response.get("Error", {}).get("Message") or "AWS gives no reason"
    message = redacted_cause(f"AWS {error.operation_name}: {said}")
    passes = code in _PASSES or reason in _CONSTRAINTS_THAT_PASS or status == 429 or status >= 500
    return (NotNow if passes else NeverPossible)(_stable_code(code, reason), message)


def _sorted_without_answer(error: BotoCoreError) -> Failure:
    """Sort what botocore says itself. Credentials come from a service too and may come back."""
    name = type(error).__name__
    if isinstance(error, NoConnection | HTTPClientError | IncompleteReadError):
        return NotNow("aws_unreachable", f"AWS did not answer ({name}); it may have done what was asked")
    if isinstance(error, NoCredentialsError | CredentialRetrievalError | TokenRetrievalError):
        return NotNow("aws_credentials_missing", f"There are no credentials for AWS ({name})")
    return NeverPossible("aws_request_invalid", redacted_cause(f"{name}: {error}"))


def _stable_code(code: str, reason: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", code.removesuffix("Exception")).lower()
    words = re.sub(r"[^a-z0-9]+", "_", words).strip("_").removeprefix("aws_").removeprefix("aws")
    return "_".join(filter(None, ("aws", words or "error", reason.lower())))
