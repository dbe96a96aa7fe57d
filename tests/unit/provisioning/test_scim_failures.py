"""Each answer of the CRM is either passing or final."""

import httpx
import pytest
from tests.unit.provisioning.granting import order_for

from chassis.failures import Failure, NeverPossible, NotNow
from provisioning.adapters.outside import steps
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.scim_connection import ScimConnection

SETTINGS = OutsideSettings(aws_region="eu-central-1", scim_url="http://crm.example/v2", scim_token="t")


def failure_after(answer: httpx.Response | Exception) -> Failure:
    def handle(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    crm = ScimConnection(SETTINGS.scim_url, "t", 1, transport=httpx.MockTransport(handle))
    with pytest.raises(Failure) as caught:
        steps(SETTINGS, crm=crm)["crm_group"].apply(order_for("crm"), {})
    crm.close()
    return caught.value


def scim_error(status: int, detail: str = "no") -> httpx.Response:
    schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"]
    content = {"schemas": schemas, "status": str(status), "detail": detail}
    return httpx.Response(status, json=content, headers={"Content-Type": "application/scim+json"})


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (httpx.ReadTimeout("slow"), NotNow, "crm_unreachable"),
        (httpx.ConnectError("refused"), NotNow, "crm_unreachable"),
        (httpx.RemoteProtocolError("cut"), NotNow, "crm_unreachable"),
        (scim_error(429), NotNow, "crm_throttled"),
        (scim_error(500), NotNow, "crm_ill"),
        (httpx.Response(502, text="<html>proxy</html>"), NotNow, "crm_ill"),
        (scim_error(401), NeverPossible, "crm_access_denied"),
        (scim_error(403), NeverPossible, "crm_access_denied"),
        (scim_error(400), NeverPossible, "crm_refused"),
        (httpx.Response(302, headers={"Location": "http://elsewhere.example"}), NeverPossible, "crm_refused"),
        (httpx.Response(200, text="hello"), NeverPossible, "crm_refused"),
    ],
)
def test_sorting(answer: httpx.Response | Exception, kind: type[Failure], code: str) -> None:
    failure = failure_after(answer)

    assert (type(failure), failure.code) == (kind, code)


def test_the_words_are_those_of_the_crm_without_mail_addresses() -> None:
    failure = failure_after(scim_error(400, "userName zoë@partner.example is taken"))

    assert "is taken" in failure.message
    assert "@" not in failure.message
