"""The present snapshots are told once more over HTTP and by the worker; old ones never are."""

from uuid import uuid4

import pytest
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.test_emitted_states import rows_of
from tests.integration.onboarding.test_worker_and_consumer import work_off

from chassis.messaging.republishing import Selection, republish

PATH = "/v1/state-publications"
BECAUSE = {"reason": "Newcomers."}


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onboarding.entrypoints.sweeps.publishing_states.PARTNERS_PER_STEP", 2)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def told_of(api: ApiClient, *partner_ids: str) -> list[int]:
    return [len(api.states(partner_id)) for partner_id in partner_ids]


def noted(api: ApiClient) -> list[tuple[str, ...]]:
    query = "SELECT actor, action, target, outcome FROM operator_actions ORDER BY at"
    with api.service.open_work() as work:
        return [tuple(row) for row in work.connection.exec_driver_sql(query)]


def test_the_worker_tells_all_step_by_step_as_the_rows_are_now(api: ApiClient) -> None:
    partner_ids = [api.applied() for _ in range(5)]
    with api.service.open_work() as work:
        work.connection.exec_driver_sql("UPDATE partners SET legal_name = 'Put right by hand'")
    for _ in range(2):
        answer = api.http.post(PATH, json=BECAUSE, headers=bearer(api.ops()))
        assert (answer.status_code, answer.json) == (202, {"partners": 5})
    work_off(api)
    assert told_of(api, *partner_ids) == [2] * 5, "the second request found the first one waiting"
    for partner_id in partner_ids:
        snapshot = api.states(partner_id)[-1]
        assert snapshot == rows_of(api, partner_id)
        assert snapshot["legal_name"] == "Put right by hand"
    assert noted(api)[0] == ("amara.diallo", "publish states", "all partners", "done")


def test_an_operator_has_one_snapshot_told_over_http(api: ApiClient) -> None:
    one, other = api.applied(), api.applied()
    body = {**BECAUSE, "partner_id": one}
    assert api.http.post(PATH, json=body).status_code == 401
    assert api.http.post(PATH, json=body, headers=bearer(api.ops("viewer"))).status_code == 403
    answer = api.http.post(PATH, json=body, headers=bearer(api.ops()))
    assert (answer.status_code, answer.json) == (202, {"partners": 1})
    assert told_of(api, one, other) == [2, 1]
    unknown = {**BECAUSE, "partner_id": str(uuid4())}
    assert api.http.post(PATH, json=unknown, headers=bearer(api.ops())).status_code == 404
    assert noted(api) == [("amara.diallo", "publish states", one, "done")]


def test_old_snapshots_are_never_sent_again(api: ApiClient) -> None:
    """A new cluster is told the present ones by the job that its relay queues."""
    compacted = api.service.compacted
    partner_id = api.applied()
    with api.service.open_work() as work:
        work.connection.exec_driver_sql("UPDATE outbox SET published_at = now()")
    chosen = Selection(subject=partner_id)
    told = {"actor": "vera", "reason": "lost"}
    assert republish(api.service.database, chosen, **told, compacted=compacted.names) == 2
    unpublished = "SELECT DISTINCT topic FROM outbox WHERE published_at IS NULL"
    with api.service.open_work() as work:
        found = work.connection.exec_driver_sql(unpublished).scalars().all()
        assert found == ["partner.lifecycle.v1"]
        assert compacted.write_anew is not None
        work.defer(compacted.write_anew)
    work_off(api)
    assert told_of(api, partner_id) == [2]
