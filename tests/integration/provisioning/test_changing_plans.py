"""An operator looks at what another catalogue would change, and has it done, by the API on PostgreSQL."""

from pathlib import Path

from sqlalchemy import text
from tests.integration.provisioning.conftest import provisioning_on
from tests.integration.provisioning.test_api import Callers
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

CATALOGUE = """
version: "2"
entries:
  - product: crm
    only_if_wanted: true
    required: false
    parameters: {scim_group: partners, lease_days: 30, lease_grace_days: GRACE}
  - {product: iot, only_if_wanted: PICKY, required: true, parameters: {gateway_count: 1}}
"""


def test_a_preview_is_carried_out_once_and_leaves_its_reason(database_url: str, tmp_path: Path) -> None:
    file, outside = tmp_path / "catalogue.yaml", FakeOutside()
    environ = {"CATALOGUE_FILE": str(file)}
    file.write_text(CATALOGUE.replace("GRACE", "3").replace("PICKY", "true"))
    with provisioning_on(database_url, fake_steps(outside), outside, environ) as provisioning:
        partner_id = provisioning.plan("crm", tier="select")
        provisioning.work_off()
    file.write_text(CATALOGUE.replace("GRACE", "9").replace("PICKY", "false"))
    with provisioning_on(database_url, fake_steps(outside), outside, environ) as provisioning:
        callers, path = Callers(provisioning), f"/v1/partners/{partner_id}"
        preview = callers.get(f"{path}/plan-preview", callers.operator("viewer"))
        listed = preview.json
        assert listed
        assert [(one["kind"], one["product"], one["entry"]) for one in listed["differences"]] == [
            ("changed", "crm", 1),
            ("added", "iot", 2),
        ]
        assert listed["differences"][0]["changes"] == [{"name": "lease_grace_days", "before": 3, "after": 9}]

        body = {"preview_id": listed["preview_id"], "reason": "The catalogue of autumn."}
        assert callers.post(f"{path}/plan-change", callers.operator("viewer"), body).status_code == 403
        assert callers.post(f"{path}/plan-change", callers.partner(partner_id), body).status_code == 403
        done = callers.post(f"{path}/plan-change", callers.operator(), body)
        assert (done.status_code, done.json) == (202, listed)
        provisioning.work_off()
        assert {step for _, step in outside.standing} >= {"iot_certificate", "crm_users"}
        lease = provisioning.grant(partner_id, "crm").lease
        assert lease is not None
        assert lease.terms.grace_days == 9
        again = callers.post(f"{path}/plan-change", callers.operator(), body)
        assert (again.status_code, again.json["code"]) == (409, "preview_outdated")  # type: ignore[index]
        events = provisioning.events(partner_id)
        assert events.count("gangway.access.planned.v1") == 2
        with provisioning.service.open_work() as work:
            log = "SELECT actor, reason FROM operator_actions WHERE action = 'change plan'"
            assert work.connection.execute(text(log)).all() == [("amara", "The catalogue of autumn.")]


def test_the_catalogue_tells_what_a_profile_would_get(database_url: str) -> None:
    outside = FakeOutside()
    with provisioning_on(database_url, fake_steps(outside), outside) as provisioning:
        callers = Callers(provisioning)
        query = "tier=premier&partner_type=reseller&competences=data&competences=iot&products_wanted=iot"
        told = callers.get(f"/v1/catalogue/plan?{query}", callers.operator("viewer")).json
        assert told
        due = {one["product"]: one for one in told["products"]}
        assert due.keys() == {"crm", "iot"}
        assert due["crm"]["parameters"] == {"scim_group": "partners-premier"}
        entries = provisioning.service.settings.catalogue.entries
        assert entries[due["iot"]["entry"] - 1].competences == {"iot", "edge"}
        wrong = callers.get("/v1/catalogue/plan?tier=golden", callers.operator("viewer"))
        assert wrong.status_code == 422
        assert callers.get("/v1/partners/nobody/plan-preview", callers.operator()).status_code == 404
