"""What waits for approval is counted, listed and decided by the API, on PostgreSQL."""

from pathlib import Path

from tests.integration.provisioning.conftest import provisioning_on
from tests.integration.provisioning.test_api import Callers
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

CATALOGUE = """
version: "1"
entries:
  - product: crm
    only_if_wanted: true
    required: true
    needs_approval: true
    parameters: {scim_group: partners}
"""


def test_it_is_listed_until_somebody_decides_with_a_reason(database_url: str, tmp_path: Path) -> None:
    file, outside = tmp_path / "catalogue.yaml", FakeOutside()
    file.write_text(CATALOGUE)
    environ = {"CATALOGUE_FILE": str(file)}
    with provisioning_on(database_url, fake_steps(outside), outside, environ) as provisioning:
        callers = Callers(provisioning)
        approved, refused = provisioning.plan("crm"), provisioning.plan("crm")
        provisioning.work_off()
        listed = callers.get("/v1/grants?to_approve=true", callers.operator("viewer")).json
        assert listed
        grants = {one["partner_id"]: one["grant_id"] for one in listed["grants"]}
        assert set(grants) == {str(approved), str(refused)}
        counted = callers.get("/v1/waiting", callers.operator("viewer")).json
        assert counted
        assert {one["kind"]: one["count"] for one in counted["waiting"]}["grants_to_approve"] == 2

        body, acts = {"reason": "There is a project."}, {approved: "approval", refused: "refusal"}
        for partner_id, act in acts.items():
            path = f"/v1/grants/{grants[str(partner_id)]}/{act}"
            assert callers.post(path, callers.operator("viewer"), body).status_code == 403
            assert callers.post(path, callers.operator(), {}).status_code == 422
            assert callers.post(path, callers.operator(), body).status_code in {200, 202}
            assert callers.post(path, callers.operator(), body).status_code == 409
        provisioning.work_off()
        assert provisioning.events(approved) == [
            "gangway.access.planned.v1",
            "gangway.access.approval_requested.v1",
            "gangway.access.approved.v1",
            "gangway.access.provisioning_started.v1",
            "gangway.access.granted.v1",
        ]
        assert provisioning.events(refused)[-1] == "gangway.access.waived.v1"
        assert {str(grant_id) for grant_id, _ in outside.standing} == {grants[str(approved)]}
        again = callers.get("/v1/grants?to_approve=true", callers.operator("viewer")).json
        assert again
        assert again["grants"] == []
