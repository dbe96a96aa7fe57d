"""The figures that the worker counts from the timeline, on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from tests.integration.onboarding.api_client import ApiClient

from onboarding.adapters.repositories.figures import WEEKS
from onboarding.domain.timeline import Entry

# By hours after the application.
WAY = {
    "partner.email_verified": 1,
    "partner.approved": 3,
    "partner.agreement_accepted": 6,
    "access.granted": 7,
    "partner.activated": 8,
    "learning.path_completed": 40,
}
FIGURES = "/v1/figures"


def came_so_far(api: ApiClient, now: datetime, steps: int, *failures: str) -> None:
    """A partner that applied a week ago, and what it came to since."""
    partner_id, applied = UUID(api.applied()), now - timedelta(days=7)
    with api.service.open_work() as work:
        work.connection.execute(
            text("UPDATE timeline SET occurred_at = :applied WHERE partner_id = :id"),
            {"applied": applied, "id": partner_id},
        )
        for number, (code, hours) in enumerate([*list(WAY.items())[:steps], *((one, 2) for one in failures)]):
            work.timelines.add(
                Entry(
                    partner_id,
                    code,
                    applied + timedelta(hours=hours),
                    "test",
                    f"{partner_id}{number}",
                    "partner",
                    {"product": "crm"},
                    {"code": "quota"},
                )
            )


def counted(api: ApiClient, now: datetime) -> dict[str, Any]:
    with api.service.open_work() as work:
        work.figures.count(now)
    return dict(api.get(FIGURES, api.ops("viewer")).json or {})


def test_partners_are_counted_by_week_and_stage(api: ApiClient) -> None:
    assert api.get(FIGURES, api.ops("viewer")).json == {
        "counted_at": None,
        "weeks": [],
        "stages": [],
        "failures": [],
    }
    now = datetime.now(UTC)
    came_so_far(api, now, 0, "access.failed", "access.failed")
    came_so_far(api, now, 2, "access.failed")
    came_so_far(api, now, 6)
    found = counted(api, now)
    applied = now - timedelta(days=7)
    assert found["weeks"] == [
        {
            "week": f"{applied - timedelta(days=applied.weekday()):%Y-%m-%d}",
            "applied": 3,
            "email_verified": 2,
            "approved": 2,
            "agreement_accepted": 1,
            "active": 1,
        }
    ]
    lasts = {(one["begin"], one["end"]): one for one in found["stages"]}
    assert lasts["applied", "email_verified"] == {
        "begin": "applied",
        "end": "email_verified",
        "partners": 2,
        "median_seconds": 3600.0,
        "p90_seconds": 3600.0,
    }
    assert lasts["applied", "first_lesson"]["median_seconds"] == 40 * 3600
    [failed] = found["failures"]
    assert (failed["what"], failed["code"], failed["count"], failed["partners"]) == ("crm", "quota", 3, 2)


def test_what_is_older_is_left_out_and_nobody_at_all_is_no_failure(api: ApiClient) -> None:
    now = datetime.now(UTC)
    came_so_far(api, now, 6, "access.failed")
    found = counted(api, now + timedelta(weeks=WEEKS + 1))
    assert (found["weeks"], found["failures"]) == ([], [])
    assert {one["median_seconds"] for one in found["stages"]} == {None}
    assert {one["partners"] for one in found["stages"]} == {0}
