"""Who calls in a member account signs with that account's keys, whatever other threads do meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import ReadOnlyCredentials

from provisioning.adapters.aws.visited_accounts import visiting, visitors_session


class RawAnswer:
    def stream(self) -> list[bytes]:
        return [b"<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>"]


@pytest.fixture(scope="module")
def client() -> Any:
    """Answers with nobody, and notes whose keys signed."""
    client: Any = visitors_session("eu-central-1").client("sts", endpoint_url="http://127.0.0.1:9")
    client.signed_by = []

    def answered(request: Any, **_: object) -> AWSResponse:
        key = request.headers["Authorization"].decode().partition("Credential=")[2].partition("/")[0]
        client.signed_by.append((key, request.headers["X-Amz-Security-Token"].decode()))
        return AWSResponse(request.url, 200, HTTPHeaders(), RawAnswer())

    client.meta.events.register("before-send", answered)
    return client


def test_each_thread_signs_for_the_account_that_it_visits(client: Any) -> None:
    both_are_inside = Barrier(2)

    def visit(account: str) -> None:
        with visiting(ReadOnlyCredentials(f"key-{account}", "secret", f"token-{account}")):
            both_are_inside.wait(10)
            for _ in range(20):
                client.get_caller_identity()

    client.signed_by.clear()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(visit, ("a", "b")))
    assert sorted(client.signed_by) == [("key-a", "token-a")] * 20 + [("key-b", "token-b")] * 20


def test_a_visit_in_a_visit_ends_where_the_first_goes_on(client: Any) -> None:
    client.signed_by.clear()
    with visiting(ReadOnlyCredentials("outer", "secret", "1")):
        with visiting(ReadOnlyCredentials("inner", "secret", "2")):
            client.get_caller_identity()
        client.get_caller_identity()
    assert client.signed_by == [("inner", "2"), ("outer", "1")]


def test_outside_of_a_visit_nobody_signs(client: Any) -> None:
    client.signed_by.clear()
    with pytest.raises(LookupError):
        client.get_caller_identity()
    assert client.signed_by == []
