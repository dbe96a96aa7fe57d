"""A product that only the catalogue knows, with the real worker on a real PostgreSQL; then it goes away."""

from pathlib import Path

import pytest
import yaml
from tests.integration.provisioning.conftest import provisioning_on
from tests.integration.provisioning.products.helpdesk import TOKEN, Helpdesk
from tests.integration.provisioning.products.test_http_resource import settings
from tests.served import served
from tests.unit.provisioning.fake_outside import FakeOutside

from provisioning.domain.grant_states import State
from provisioning.handlers.commands import RetryGrant
from provisioning.handlers.grants import retry_grant

ENTRY = {
    "product": "helpdesk",
    "only_if_wanted": False,
    "required": True,
    "parameters": {"seats": 5, "lease_days": 30},
}


@pytest.mark.passes_on_grown_values
def test_it_is_granted_and_told_and_waits_where_nothing_knows_it_any_more(
    database_url: str, tmp_path: Path
) -> None:
    helpdesk, secret_file = Helpdesk(), tmp_path / "secret"
    secret_file.write_text(TOKEN)
    with served(helpdesk.app()) as url:
        catalogue = {"version": "1", "products": {"helpdesk": settings(url, secret_file)}, "entries": [ENTRY]}
        file = tmp_path / "catalogue.yaml"
        file.write_text(yaml.safe_dump(catalogue))
        environ = {"CATALOGUE_FILE": str(file)}
        with provisioning_on(database_url, None, FakeOutside(), environ) as provisioning:
            partner_id = provisioning.plan()
            provisioning.work_off()
            grant = provisioning.grant(partner_id, "helpdesk")
            assert grant.state is State.GRANTED
            assert grant.product.identifiers_in(grant.outputs).keys() == {"workspace_url"}
            assert grant.lease is not None
            assert provisioning.events(partner_id)[-1] == "gangway.access.granted.v1"
        with provisioning_on(database_url, None, FakeOutside()) as provisioning:
            provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
            provisioning.work_off()
            stuck = provisioning.grant(partner_id, "helpdesk").stuck_step
            assert stuck
            assert stuck.cause
            assert stuck.cause.code == "product_not_installed"
            assert helpdesk.workspaces
        with provisioning_on(database_url, None, FakeOutside(), environ) as provisioning:
            with provisioning.service.open_work() as work:
                retry_grant(work, RetryGrant(grant.grant_id))
            provisioning.work_off()
            assert helpdesk.workspaces == {}
            assert provisioning.events(partner_id)[-1] == "gangway.access.cleared.v1"
