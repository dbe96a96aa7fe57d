"""Each answer of the CRM is either passing or final."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.unit.provisioning.granting import order_for

from chassis import clock
from chassis.failures import Failure, Kind, NeverPossible, NotNow
from provisioning.adapters.outside import Outside
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_directory import ScimDirectory

SETTINGS = OutsideSettings(aws_region="eu-central-1", scim_url="http://crm.example/v2", scim_token="t")


def failure_after(answer: httpx.Response | Exception) -> Failure:
    def handle(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    crm = ScimConnection(SETTINGS.scim_url, "t", 1, transport=httpx.MockTransport(handle))
    with pytest.raises(Failure) as caught:
        Outside(SETTINGS, crm=ScimDirectory(crm)).steps()["crm_group"].apply(order_for("crm"), {})
    crm.close()
    return caught.value


def scim_error(status: int, detail: str = "no", as_status: int | None = None) -> httpx.Response:
    schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"]
    content = {"schemas": schemas, "status": str(status), "detail": detail}
    return httpx.Response(
        as_status or status, json=content, headers={"Content-Type": "application/scim+json"}
    )


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (httpx.ReadTimeout("slow"), Kind.UNAVAILABLE, "crm_unreachable"),
        (httpx.ConnectError("refused"), Kind.UNAVAILABLE, "crm_unreachable"),
        (httpx.RemoteProtocolError("cut"), Kind.UNAVAILABLE, "crm_unreachable"),
        (scim_error(429), Kind.THROTTLED, "crm_throttled"),
        (scim_error(500), Kind.UNAVAILABLE, "crm_ill"),
        (httpx.Response(502, text="<html>proxy</html>"), Kind.UNAVAILABLE, "crm_ill"),
        (scim_error(401), Kind.DENIED, "crm_access_denied"),
        (scim_error(403), Kind.DENIED, "crm_access_denied"),
        (scim_error(404), Kind.EVENTUAL_CONSISTENCY, "crm_not_found"),
        (scim_error(409), Kind.CONFLICT, "crm_conflict"),
        (scim_error(400), Kind.REFUSED, "crm_refused"),
        (
            httpx.Response(302, headers={"Location": "http://elsewhere.example"}),
            Kind.REFUSED,
            "crm_refused",
        ),
        (httpx.Response(200, text="hello"), Kind.UNAVAILABLE, "crm_ill"),
        (httpx.Response(200, json=["no object"]), Kind.UNAVAILABLE, "crm_ill"),
        (scim_error(429, as_status=200), Kind.THROTTLED, "crm_throttled"),
        (scim_error(503, as_status=200), Kind.UNAVAILABLE, "crm_ill"),
        (scim_error(0, as_status=200), Kind.UNAVAILABLE, "crm_ill"),
        (httpx.Response(200, json={}), Kind.UNAVAILABLE, "crm_ill"),
    ],
)
def test_sorting(answer: httpx.Response | Exception, kind: Kind, code: str) -> None:
    failure = failure_after(answer)

    assert (failure.kind, failure.code) == (kind, code)
    assert isinstance(failure, NeverPossible) == (kind is Kind.REFUSED)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        ("0", 1),
        ("99999999999999999999", 86_400),
        ("Thu, 01 Jan 2026 00:01:00 GMT", 60),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 1),
        ("soon", None),
        ("-1", None),
        ("Thu, 01 Jan 99999 00:00:00 GMT", None),
        ("Thu, 01 Jan 2026 00:00:00 +9999999999999999999", None),
    ],
)
def test_the_wait_that_the_crm_asks_for_is_carried(
    said: str, seconds: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In seconds or as a date, within bounds."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    answer = scim_error(429)
    answer.headers["Retry-After"] = said
    failure = failure_after(answer)

    assert isinstance(failure, NotNow)
    assert failure.retry_after == (timedelta(seconds=seconds) if seconds else None)


def test_the_words_are_those_of_the_crm_without_mail_addresses() -> None:
    failure = failure_after(scim_error(400, "userName zoë@partner.example is taken"))

    assert "is taken" in failure.message
    assert "@" not in failure.message
