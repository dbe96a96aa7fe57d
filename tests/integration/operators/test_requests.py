"""What partners ask for is seen and decided in the console and at the command line alike."""

from tests.integration.onboarding.test_requests import active, asked, change, seen
from tests.integration.operators.conftest import CommandLine, ConsoleBrowser, Services


def test_requests_are_listed_compared_and_decided(
    console: ConsoleBrowser, gangway: CommandLine, services: Services
) -> None:
    api = services.onboarding
    partner = active(api)
    product = asked(api, partner, kind="product", product="crm", reason="For the <sales> team.")
    company = change(api, partner, company={"legal_name": "Neue Firma SE"}).json["request"]["request_id"]

    page = console.shows("/requests")
    assert "For the &lt;sales&gt; team." in page
    assert f"/requests/{company}" in page
    assert "Partner requests" in console.shows("/")
    beside = console.shows(f"/requests/{company}")
    assert beside.index("Müller &amp; Söhne GmbH 🚀") < beside.index("<strong>Neue Firma SE</strong>")
    path = f"/requests/{company}/approve-request"
    assert "Neue Firma SE" in console.shows(path)
    assert console.post(path, reason=" ").status_code == 422
    assert console.post(path, reason="The register says so.").status_code == 303
    assert seen(api, partner, company)["standing"] == "done"
    late = console.post(f"/requests/{company}/refuse-request", reason="Too late.")
    assert late.status_code == 409
    assert "approve-request" not in console.shows(f"/requests/{company}")
    assert "approve-request" in console.shows(f"/requests/{product}")
    assert "The register says so." in console.shows(f"/requests/{company}")

    assert "crm" in gangway.says("requests", "list")
    assert "For the <sales> team." in gangway.says("requests", "show", product[:13])
    assert "is refused now" in gangway.says("requests", "refuse", product, "--reason", "Not yet.")
    assert seen(api, partner, product)["decision"]["reason"] == "Not yet."
    assert "No requests." in gangway.says("requests", "list")
    assert product[:8] in gangway.says("requests", "list", "--standing", "refused")
