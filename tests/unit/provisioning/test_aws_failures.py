"""Each of AWS's errors is either passing or final, with a stable code and AWS's own words."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.session import get_session

from chassis.failures import Failure, NeverPossible, NotNow
from provisioning.adapters.aws.account_creation import FINAL, PASSING, failure_of_creation
from provisioning.adapters.aws.failures import aws_failures_sorted


def sorted_failure(error: Exception) -> Failure:
    with pytest.raises(Failure) as caught, aws_failures_sorted():
        raise error
    return caught.value


def answer(code: str, message: str = "because", status: int = 400, **more: str) -> ClientError:
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(response, "CreateThing")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (answer("ThrottlingException"), NotNow, "aws_throttling"),
        (answer("TooManyRequestsException"), NotNow, "aws_too_many_requests"),
        (answer("ConcurrentModificationException"), NotNow, "aws_concurrent_modification"),
        (answer("DeleteConflictException", status=409), NotNow, "aws_delete_conflict"),
        (answer("ExpiredTokenException"), NotNow, "aws_expired_token"),
        (answer("Whatever", status=503), NotNow, "aws_whatever"),
        (answer("502", status=502), NotNow, "aws_502"),
        (answer("AccessDeniedException"), NeverPossible, "aws_access_denied"),
        (answer("AWSOrganizationsNotInUseException"), NeverPossible, "aws_organizations_not_in_use"),
        (answer("ValidationException"), NeverPossible, "aws_validation"),
        (answer("LimitExceededException"), NeverPossible, "aws_limit_exceeded"),
        (answer(""), NeverPossible, "aws_error"),
        (
            answer("ConstraintViolationException", Reason="OU_NUMBER_LIMIT_EXCEEDED"),
            NeverPossible,
            "aws_constraint_violation_ou_number_limit_exceeded",
        ),
        (
            answer("ConstraintViolationException", Reason="ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED"),
            NotNow,
            "aws_constraint_violation_account_creation_rate_limit_exceeded",
        ),
        (ReadTimeoutError(endpoint_url="x"), NotNow, "aws_unreachable"),
        (ConnectTimeoutError(endpoint_url="x"), NotNow, "aws_unreachable"),
        (EndpointConnectionError(endpoint_url="x"), NotNow, "aws_unreachable"),
        (ConnectionClosedError(endpoint_url="x"), NotNow, "aws_unreachable"),
        (NoCredentialsError(), NotNow, "aws_credentials_missing"),
        (ParamValidationError(report="x"), NeverPossible, "aws_request_invalid"),
    ],
)
def test_sorting(error: ClientError | BotoCoreError, kind: type[Failure], code: str) -> None:
    failure = sorted_failure(error)

    assert (type(failure), failure.code) == (kind, code)


def test_the_words_are_those_of_aws_without_mail_addresses() -> None:
    failure = sorted_failure(answer("ValidationException", "user zoë.o'neill@mail.example.org is taken"))

    assert failure.message == "AWS CreateThing: user [address] is taken"


def test_a_failure_that_is_sorted_already_passes_as_it_is() -> None:
    assert sorted_failure(NotNow("secret_being_made", "wait")).code == "secret_being_made"


def test_our_own_faults_are_not_sorted() -> None:
    with pytest.raises(KeyError), aws_failures_sorted():
        raise KeyError("ours")


def test_every_reason_for_a_failed_account_is_known() -> None:
    organizations = get_session().get_service_model("organizations")
    reasons = set(organizations.shape_for("CreateAccountFailureReason").enum)  # type: ignore[attr-defined]

    assert set(PASSING) | set(FINAL) == reasons
    assert not set(PASSING) & set(FINAL)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [*((reason, NotNow) for reason in PASSING), *((reason, NeverPossible) for reason in (*FINAL, "NEW_ONE"))],
)
def test_reasons_are_sorted(reason: str, kind: type[Failure]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    failure = failure_of_creation({"State": "FAILED", "FailureReason": reason, "RequestedTimestamp": at})  # type: ignore[typeddict-item]

    assert type(failure) is kind
    assert failure.code == f"account_{reason.lower()}"
