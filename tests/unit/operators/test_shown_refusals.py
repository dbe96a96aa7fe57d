"""What operators read of an answer that refuses."""

import httpx
import pytest

from operator_client.access import Access
from operator_client.http import OperatorsHttp, Refused, Unreachable, checked


def refused(status: int, path: str = "/v1/partners/1", **problem: object) -> str:
    request = httpx.Request("GET", f"http://onboarding.example{path}")
    with pytest.raises(Refused) as refusal:
        checked(httpx.Response(status, json={"title": "Title", **problem}, request=request), "onboarding")
    return str(refusal.value)


def test_what_is_not_found_is_an_id_that_is_not_there() -> None:
    """The services say no more: strangers do not learn which ids exist."""
    told = refused(404, code="not_found")
    assert told == "onboarding: There is nothing under this id: GET /v1/partners/1 answered 404."


def test_what_is_not_found_without_an_id_is_of_another_version() -> None:
    told = refused(404, path="/v1/failed-jobs", code="not_found")
    assert told == (
        "onboarding: It does not know this: GET /v1/failed-jobs answered 404. Is it of an older version?"
    )


def test_a_detail_is_told_as_it_is_and_a_title_with_what_was_asked() -> None:
    assert refused(409, code="any", detail="Not now.") == "onboarding: Not now."
    assert refused(409, code="any") == "onboarding: GET /v1/partners/1 answered 409: Title."


def test_what_is_wrong_is_told_once() -> None:
    errors = [{"pointer": "/name", "detail": "Taken."}]
    assert refused(422, detail="Taken.", errors=errors) == "onboarding: Taken."
    assert refused(422, detail="1 value is wrong.", errors=errors) == (
        "onboarding: 1 value is wrong: /name Taken."
    )


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "The address of onboarding is no web address: nonsense. It begins with http:// or"),
        ("http://a:b", "The address of onboarding is no web address: http://a:b. It begins with http:// or"),
        ("http://127.0.0.1:9", "onboarding cannot be reached at http://127.0.0.1:9: "),
    ],
)
def test_each_failure_is_a_sentence_of_its_own(url: str, told: str) -> None:
    """Several stand behind each other where several services do not answer."""
    with pytest.raises(Unreachable) as failure:
        OperatorsHttp(Access({"onboarding": url}, "token")).get("onboarding", "/v1/waiting")
    assert str(failure.value).startswith(told)
    assert str(failure.value).endswith(".")
