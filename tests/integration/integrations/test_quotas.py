"""What an integrator may have and ask for, and how much of it is used."""

from concurrent.futures import ThreadPoolExecutor

from tests.integration.integrations.conftest import Vendor, World

from integrations.adapters.event_filters import cost_of

APPLIED, APPROVED = "partner.applied.v1", "partner.approved.v1"
PUBLIC = "https://hooks.example.com/x"
# Some 450 steps: four of them may be, of those that are allowed together.
DEAR = " || ".join([f'data.tier == "{number}"' for number in range(1, 25)])
FITTING = 2_000 // cost_of(DEAR)


def test_filters_are_bounded_together(world: World) -> None:
    vendor, other = world.vendor(), world.vendor()
    [first, *rest] = [
        vendor.endpoint(PUBLIC, filter=DEAR, types=[APPROVED], description=f"no {number}")["id"]
        for number in range(FITTING)
    ]
    refused = vendor.call("POST", "/v1/endpoints", 422, url=PUBLIC, filter=DEAR)
    assert refused["code"] == "filters_too_dear"
    [error] = refused["errors"]
    assert error["pointer"] == "/filter"
    assert f"{(FITTING + 1) * cost_of(DEAR)} steps for each {APPROVED}, of 2000" in error["detail"]
    assert f"{cost_of(DEAR)} of this one" in error["detail"]
    assert f"{cost_of(DEAR)} of {first} (no 0)" in error["detail"]

    elsewhere = vendor.endpoint(PUBLIC, filter="data.members.exists(m, true)", types=[APPLIED])["id"]
    changed = f"/v1/endpoints/{elsewhere}"
    assert vendor.call("PATCH", changed, 422, types=None, filter=DEAR)["code"] == "filters_too_dear"
    assert vendor.call("PATCH", changed, description="still")["types"] == [APPLIED]
    other.endpoint(PUBLIC, filter=DEAR)
    vendor.call("PATCH", f"/v1/endpoints/{first}", filter=None)
    assert vendor.call("PATCH", changed, types=None)["filter"] is not None

    seen = vendor.call("GET", "/v1/quotas")
    assert {one["endpoint_id"] for one in seen["filter_costs"]} == {*rest, elsewhere}
    assert seen["filter_steps"] == {"used": sum(one["steps"] for one in seen["filter_costs"]), "most": 2_000}
    assert seen["endpoints"] == {"used": FITTING + 1, "most": 20}
    assert seen["by_hour"]["change"]["used"] == FITTING + 5  # the token is one, what was refused is none
    assert seen["by_hour"]["test"] == {"used": 0, "most": 200, "until": None}


def test_what_is_too_dear_already_may_become_cheaper(world: World) -> None:
    vendor = world.vendor()
    ids = [vendor.endpoint(PUBLIC)["id"] for _ in range(FITTING + 2)]
    world.change("UPDATE endpoints SET filter = :filter WHERE integrator_id = :id", filter=DEAR, id=vendor.id)
    cheaper = DEAR.rpartition(" || ")[0]
    assert vendor.call("PATCH", f"/v1/endpoints/{ids[0]}", filter=cheaper)["filter"] == cheaper
    vendor.call("PATCH", f"/v1/endpoints/{ids[0]}", 422, filter=DEAR)


def test_two_at_a_time_do_not_pass_the_bound_together(world: World) -> None:
    vendor = world.vendor()
    ids = [vendor.endpoint(PUBLIC)["id"] for _ in range(FITTING + 3)]

    def change(endpoint: str) -> bool:
        one = Vendor(world.service.create_web_app().test_client(), vendor.token, vendor.id)
        headers = {"Authorization": f"Bearer {one.token}"}
        answer = one.client.patch(f"/v1/endpoints/{endpoint}", headers=headers, json={"filter": DEAR})
        return answer.status_code == 200

    with ThreadPoolExecutor(len(ids)) as threads:
        assert sum(threads.map(change, ids)) == FITTING
    assert vendor.call("GET", "/v1/quotas")["filter_steps"]["used"] == FITTING * cost_of(DEAR)


def test_the_hour_has_as_many_acts_as_are_told_and_no_more(world: World) -> None:
    vendor = world.vendor()
    path = f"/v1/endpoints/{vendor.endpoint(PUBLIC)['id']}/tests"
    vendor.call("POST", path, 202, type=APPLIED)
    world.change("UPDATE quota_uses SET used = 199 WHERE act = 'test'")
    vendor.call("POST", path, 202, type=APPLIED)
    vendor.call("POST", path, 429, type=APPLIED)
