"""The query that operators run after an upgrade finds who was approved by a process of before."""

from sqlalchemy import text
from tests.handbook import statement_after
from tests.integration.onboarding.api_client import ApiClient

UNMARKED = statement_after("In onboarding's database, before onboarding starts, people")
BO = {"given_name": "Bo", "family_name": "", "email": "bo@mueller-soehne.example", "language": "en"}
AS_BEFORE = "UPDATE members SET asked_at = NULL, times_asked = 0 WHERE partner_id = :id AND NOT is_contact"


def test_who_was_never_asked_by_an_approved_partner_is_found(api: ApiClient) -> None:
    company = {
        "legal_name": "Müller & Söhne GmbH",
        "registration_number": "HRB 12345",
        "country": "DE",
        "website": "https://mueller-soehne.example",
    }
    partner_id, _ = api.screened(members=[BO], company=company)
    with api.service.open_work() as work:
        assert work.connection.execute(text(UNMARKED)).all() == []
        work.connection.execute(text(AS_BEFORE), {"id": partner_id})
        [row] = work.connection.execute(text(UNMARKED)).all()
    assert str(row.partner_id) == partner_id
    assert row.decision_at is not None
