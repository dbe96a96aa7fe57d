"""The figures that the console shows, as pictures, tables and files; and what ends soon."""

from tests.integration.operators.conftest import ConsoleBrowser, Services


def test_numbers_are_a_picture_a_table_and_a_file(console: ConsoleBrowser, services: Services) -> None:
    assert "No data yet" in console.shows("/numbers")
    services.onboarding.in_review()
    with services.onboarding.service.open_work() as work:
        work.figures.count(work.now())
    page = console.shows("/numbers")
    assert page.count('src="data:image/svg+xml;base64,') == 2
    assert "address confirmed" in page
    assert "<script" not in page
    exported = console.get("/numbers/weeks.csv").text.splitlines()
    assert exported[0].endswith("week,applied,email_verified,approved,agreement_accepted,active")
    assert exported[1].endswith(",1,1,0,0,0")
    assert console.get("/numbers/people.csv").status_code == 404


def test_leases_that_end_soon_stand_on_the_start_page(console: ConsoleBrowser, services: Services) -> None:
    partner = services.provisioning.plan("cloud_sandbox")
    services.provisioning.work_off()
    grant = services.provisioning.grant(partner, "cloud_sandbox")
    assert grant.lease is not None
    assert "Access expiring soon" in console.shows("/")
    assert str(grant.grant_id) not in console.shows("/grants?ends_within=14")
    with services.provisioning.service.open_work() as work:
        work.connection.exec_driver_sql("UPDATE grants SET lease_ends_at = now() + interval '49 hours'")
    assert "the first in 2 days" in console.shows("/")
    assert str(grant.grant_id) in console.shows("/grants?ends_within=14")


def test_spend_is_a_table_of_a_month_and_a_file(console: ConsoleBrowser, services: Services) -> None:
    partner = services.provisioning.plan("cloud_sandbox", tier="select")
    services.provisioning.work_off()
    grant = services.provisioning.grant(partner, "cloud_sandbox")
    account_id = grant.outputs["account_id"]
    with services.provisioning.service.open_work() as work:
        work.connection.exec_driver_sql(
            "INSERT INTO spend_days (account_id, day, record_type, usd) VALUES"
            " (%(account)s, '2025-03-04', 'Usage', 12.5), (%(account)s, '2025-03-05', 'Usage', 0.25)",
            {"account": account_id},
        )
    assert "Nothing has been billed" in console.shows("/spend")
    assert "Nothing has been" in console.shows("/spend?month=2025-13&tier=gold"), "nonsense is left out"
    page = console.shows("/spend?month=2025-03")
    assert account_id in page
    assert "<strong>12.75</strong>" in page
    [head, line] = console.get("/spend.csv?month=2025-03").text.splitlines()
    assert head.endswith("charged_usd,refunded_usd,credited_usd,net_usd,billed_until")
    assert line.startswith(f"2025-03,{account_id},")
    assert line.endswith(",12.75,0.00,0.00,12.75,2025-03-05")
