"""The full snapshot of a partner is told with every commit that changes it, once, from the rows."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.test_worker_and_consumer import agreed, hear, let_deadlines_pass, work_off

from chassis.events import as_json
from chassis.telemetry import traces
from onboarding.domain.events import PartnerState


def rows_of(api: ApiClient, partner_id: str) -> dict[str, Any]:
    """The snapshot as the present rows give it."""
    with api.service.open_work() as work:
        partner = work.partners.get(UUID(partner_id))
        snapshot: dict[str, Any] = as_json(PartnerState.of(partner, work.access_plans.of(partner.id)))
        return snapshot


def grants_of(snapshot: dict[str, Any]) -> dict[str, str]:
    return {grant["product"]: grant["state"] for grant in snapshot["grants"]}


def test_sign_up_tells_the_whole_picture_and_no_person(api: ApiClient) -> None:
    partner_id = api.applied()
    (snapshot,) = api.states(partner_id)
    assert snapshot == rows_of(api, partner_id)
    assert (snapshot["state"], snapshot["member_count"], snapshot["grants"]) == ("applied", 2, [])
    assert snapshot["deadline_at"] is not None
    assert not {"jana", "o'neill", "ünal"} & {str(value).casefold() for value in snapshot.values()}
    assert "Remote maintenance." not in snapshot.values()


def test_sign_up_asks_the_database_for_nothing_because_of_it(api: ApiClient) -> None:
    """It is the way that everybody comes, so its cost is one row more in a statement that is sent anyhow."""
    statements: list[str] = []

    @event.listens_for(api.service.database.engine, "before_cursor_execute")
    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    try:
        api.applied()
    finally:
        event.remove(api.service.database.engine, "before_cursor_execute", listen)
    assert not [statement for statement in statements if "products" in statement.partition("FROM")[2]]


def test_each_commit_tells_one_picture_and_the_last_one_wins(api: ApiClient) -> None:
    partner_id, _ = api.screened()
    told = [snapshot["state"] for snapshot in api.states(partner_id)]
    # The screening passes in_review and approved in one transaction.
    assert told == ["applied", "email_verified", "approved"]
    assert api.states(partner_id)[-1] == rows_of(api, partner_id)


def test_what_provisioning_tells_changes_the_picture(api: ApiClient) -> None:
    partner_id, _ = agreed(api)
    iot, crm = str(uuid4()), str(uuid4())
    plan = [
        {"grant_id": iot, "product": "iot", "required": True},
        {"grant_id": crm, "product": "crm", "required": False},
    ]
    hear(api, "access.planned", partner_id, 1, catalogue_version="1", grants=plan)
    assert grants_of(api.states(partner_id)[-1]) == {"iot": "planned", "crm": "planned"}
    fault = {"step": "s", "code": "c", "message": "No.", "attempt": 1, "will_retry": True, "required": False}
    hear(api, "access.failed", partner_id, 2, grant_id=crm, product="crm", retry_at=None, **fault)
    told = len(api.states(partner_id))
    assert grants_of(api.states(partner_id)[-1]) == {"iot": "planned", "crm": "failed"}
    hear(api, "access.failed", partner_id, 3, grant_id=crm, product="crm", retry_at=None, **fault)
    assert len(api.states(partner_id)) == told, "another cause of the same state is not in the snapshot"
    granted = {"identifiers": {"thing": "t"}, "collectable": True}
    hear(api, "access.granted", partner_id, 4, grant_id=iot, product="iot", **granted)
    snapshot = api.states(partner_id)[-1]
    assert (snapshot["state"], grants_of(snapshot)) == ("active", {"iot": "granted", "crm": "failed"})
    assert snapshot == rows_of(api, partner_id)
    assert len(api.states(partner_id)) == told + 1

    # A move that needs no plan tells the grants all the same.
    reason = {"reason": "Invoice open."}
    assert api.post(f"/v1/partners/{partner_id}/suspension", reason, api.ops()).status_code == 200
    snapshot = api.states(partner_id)[-1]
    assert (snapshot["state"], grants_of(snapshot)) == ("suspended", {"iot": "granted", "crm": "failed"})
    assert snapshot == rows_of(api, partner_id)


def test_a_deadline_that_passes_is_told_too(api: ApiClient) -> None:
    partner_id, _ = api.in_review()
    assert api.states(partner_id)[-1]["deadline_at"] is not None
    let_deadlines_pass(api)
    work_off(api)
    assert api.states(partner_id)[-1] == rows_of(api, partner_id)
    assert api.states(partner_id)[-1]["deadline_at"] is None


def test_what_is_rolled_back_is_not_told(api: ApiClient) -> None:
    partner_id, _ = api.in_review()
    told = api.states(partner_id)
    refused = api.post(f"/v1/partners/{partner_id}/suspension", {"reason": "No."}, api.ops())
    assert refused.status_code == 409
    assert api.states(partner_id) == told


def test_the_picture_is_in_the_trace_of_what_changed_it(api: ApiClient) -> None:
    with traces.continued(None):
        partner_id = api.applied()
    query = "SELECT DISTINCT traceparent FROM outbox WHERE subject = %s"
    with api.service.open_work() as work:
        found = work.connection.exec_driver_sql(query, (partner_id,)).scalars().all()
    assert len(found) == 1
    assert found != [None]
    lines = api.get(f"/v1/partners/{partner_id}/timeline", api.ops("viewer")).json["entries"]
    assert {line["trace_id"] for line in lines} == {found[0][3:35]}
