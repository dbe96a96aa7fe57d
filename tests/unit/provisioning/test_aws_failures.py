"""Each of AWS's errors is either passing or final, with a stable code and AWS's own words."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    PaginationError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.session import get_session

from chassis.failures import Failure, Kind, NeverPossible, NotNow
from provisioning.adapters.aws.account_creation import FINAL, PASSING, QUOTA, failure_of_creation
from provisioning.adapters.aws.failures import aws_failures_sorted, every, known_kind


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


SORTED = [
    (answer("ThrottlingException"), Kind.THROTTLED, "aws_throttling"),
    (answer("TooManyRequestsException"), Kind.THROTTLED, "aws_too_many_requests"),
    (answer("ConcurrentModificationException"), Kind.CONFLICT, "aws_concurrent_modification"),
    (answer("DeleteConflictException", status=409), Kind.CONFLICT, "aws_delete_conflict"),
    (answer("ExpiredTokenException"), Kind.UNAVAILABLE, "aws_expired_token"),
    (answer("InvalidSignatureException", "Signature expired"), Kind.UNAVAILABLE, "aws_invalid_signature"),
    (answer("SignatureDoesNotMatch", status=403), Kind.UNAVAILABLE, "aws_signature_does_not_match"),
    (answer("RequestTimeTooSkewed", status=403), Kind.UNAVAILABLE, "aws_request_time_too_skewed"),
    (answer("OperationTimeoutException"), Kind.UNAVAILABLE, "aws_operation_timeout"),
    (answer("Whatever", status=503), Kind.UNAVAILABLE, "aws_whatever"),
    (answer("502", status=502), Kind.UNAVAILABLE, "aws_502"),
    (answer("302", status=302), Kind.UNAVAILABLE, "aws_302"),
    (answer("AccessDeniedException"), Kind.DENIED, "aws_access_denied"),
    (answer("NewDenial", status=403), Kind.DENIED, "aws_new_denial"),
    (answer("NoSuchEntity", status=404), Kind.EVENTUAL_CONSISTENCY, "aws_no_such_entity"),
    (answer("ChildNotFoundException"), Kind.EVENTUAL_CONSISTENCY, "aws_child_not_found"),
    (answer("TargetNotFoundException"), Kind.EVENTUAL_CONSISTENCY, "aws_target_not_found"),
    (answer("AccountNotFoundException"), Kind.EVENTUAL_CONSISTENCY, "aws_account_not_found"),
    (answer("InvalidClientTokenId", status=403), Kind.EVENTUAL_CONSISTENCY, "aws_invalid_client_token_id"),
    (answer("OptInRequired", status=403), Kind.EVENTUAL_CONSISTENCY, "aws_opt_in_required"),
    (answer("SubscriptionRequiredException"), Kind.EVENTUAL_CONSISTENCY, "aws_subscription_required"),
    (
        answer("MalformedPolicyDocument", 'Invalid principal in policy: "AWS":"arn:aws:iam::1:root"'),
        Kind.EVENTUAL_CONSISTENCY,
        "aws_malformed_policy_document",
    ),
    (answer("InvalidInputException", "Invalid principal"), Kind.EVENTUAL_CONSISTENCY, "aws_invalid_input"),
    (answer("MalformedPolicyDocument", "Syntax errors"), Kind.REFUSED, "aws_malformed_policy_document"),
    (answer("AWSOrganizationsNotInUseException"), Kind.REFUSED, "aws_organizations_not_in_use"),
    (answer("ValidationException"), Kind.REFUSED, "aws_validation"),
    (answer(""), Kind.REFUSED, "aws_error"),
    (answer("LimitExceededException"), Kind.QUOTA, "aws_limit_exceeded"),
    (
        answer("ConstraintViolationException", Reason="OU_NUMBER_LIMIT_EXCEEDED"),
        Kind.QUOTA,
        "aws_constraint_violation_ou_number_limit_exceeded",
    ),
    (ReadTimeoutError(endpoint_url="x"), Kind.UNAVAILABLE, "aws_unreachable"),
    (ConnectTimeoutError(endpoint_url="x"), Kind.UNAVAILABLE, "aws_unreachable"),
    (EndpointConnectionError(endpoint_url="x"), Kind.UNAVAILABLE, "aws_unreachable"),
    (ConnectionClosedError(endpoint_url="x"), Kind.UNAVAILABLE, "aws_unreachable"),
    (PaginationError(message="The same next token twice"), Kind.UNAVAILABLE, "aws_unreachable"),
    (NoCredentialsError(), Kind.UNAVAILABLE, "aws_credentials_missing"),
    (ParamValidationError(report="x"), Kind.REFUSED, "aws_request_invalid"),
]


@pytest.mark.parametrize(("error", "kind", "code"), SORTED)
def test_sorting(error: ClientError | BotoCoreError, kind: Kind, code: str) -> None:
    failure = sorted_failure(error)

    assert (failure.kind, failure.code) == (kind, code)
    assert isinstance(failure, NeverPossible) == (kind in {Kind.REFUSED, Kind.QUOTA})


@pytest.mark.parametrize(
    ("reason", "hours", "renewal"),
    [
        ("CLOSE_ACCOUNT_QUOTA_EXCEEDED", 6, "30 days"),
        ("CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED", 1, "under way"),
        ("ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED", 1, "one day"),
    ],
)
def test_a_quota_that_renews_is_waited_for_and_says_so(reason: str, hours: int, renewal: str) -> None:
    failure = sorted_failure(answer("ConstraintViolationException", Reason=reason))

    assert isinstance(failure, NotNow)
    assert failure.code == f"aws_constraint_violation_{reason.lower()}"
    assert (failure.kind, failure.retry_after) == (Kind.QUOTA, timedelta(hours=hours))
    assert renewal in failure.message


@pytest.mark.parametrize(
    "said", [{"ResponseMetadata": {"HTTPHeaders": {"retry-after": "30"}}}, {"RetryAfterSeconds": 30}]
)
def test_the_wait_that_aws_asks_for_is_carried(said: dict[str, Any]) -> None:
    error = answer("ThrottlingException")
    error.response.update(said)  # type: ignore[typeddict-item]
    failure = sorted_failure(error)

    assert isinstance(failure, NotNow)
    assert failure.retry_after == timedelta(seconds=30)


def test_a_list_whose_page_follows_itself_is_left() -> None:
    """botocore has no paginator for some lists, and so nothing that notices."""
    client = Mock()
    client.can_paginate.return_value = False
    client.list_work_groups.return_value = {"WorkGroups": [{"Name": "one"}], "NextToken": "again"}
    with pytest.raises(PaginationError):
        list(every(client, "list_work_groups", "WorkGroups"))


def test_every_error_that_aws_declares_for_our_calls_is_in_the_table() -> None:
    assert {error for error in declared_errors() if known_kind(error) is None} == set()


def declared_errors() -> set[str]:
    document = Path(__file__).parents[3] / "docs" / "aws-permissions.json"
    model_of = cache(get_session().get_service_model)
    errors = set()
    for statement in json.loads(document.read_text())["Statement"]:
        for action in statement["Action"]:
            service, operation = action.split(":")
            model = model_of("sso-admin" if service == "sso" else service)
            if operation in model.operation_names:
                shapes = model.operation_model(operation).error_shapes
                errors |= {shape.error_code or shape.name for shape in shapes}  # type: ignore[attr-defined]
    assert len(errors) > 50
    return errors


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

    assert sorted([*PASSING, *QUOTA, *FINAL]) == sorted(reasons)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        *((reason, NotNow) for reason in (*PASSING, *QUOTA)),
        *((reason, NeverPossible) for reason in (*FINAL, "NEW_ONE")),
    ],
)
def test_reasons_are_sorted(reason: str, kind: type[Failure]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    failure = failure_of_creation({"State": "FAILED", "FailureReason": reason, "RequestedTimestamp": at})  # type: ignore[typeddict-item]

    assert type(failure) is kind
    assert failure.code == f"account_{reason.lower()}"
    assert (failure.kind is Kind.QUOTA) == (reason in QUOTA)
