"""Every CRM keeps the steps' promises: a friendly service is tried in test_contract, here are the others."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import pytest
from tests.integration.provisioning.outside.hostile_scim import Character, HostileScim, serving
from tests.integration.provisioning.outside.salesforce_org import SalesforceOrg
from tests.unit.provisioning.step_contract import Inventory, StepContract

from provisioning.adapters.outside import Outside
from provisioning.adapters.outside_settings import OutsideSettings, SalesforceSettings
from provisioning.adapters.salesforce_connection import SalesforceConnection
from provisioning.adapters.salesforce_directory import SalesforceDirectory
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.handlers.ports import Step

OUTSIDE = OutsideSettings(aws_region="eu-central-1")
CHARACTERS = {
    "bare": Character(
        has_patch=False, filters="ignored", has_search=False, page_size=1, answers_creation_with="nothing"
    ),
    "strict": Character(
        config={
            "patch": {"supported": False},
            "filter": {"supported": False, "maxResults": 2},
            "bulk": {"supported": False},
            "etag": {"supported": True},
        },
        wants_version=True,
        ids=lambda number: f"tenant/7?user={number}#%2f",
    ),
    "careless": Character(
        config={"patch": "yes", "filter": None},
        filters="refused",
        ids=lambda number: number,
        keeps=("userType",),
        lowers_names=True,
        makes_inactive=True,
        writes_words=True,
        lowers_keys=True,
        content_type="text/plain",
        answers_creation_with="id",
        counts=lambda total, request: total + request % 2,
    ),
    "keeper": Character(config={}, keeps_deleted=True, wants_version=True, page_size=1, starts_at=0),
}


@dataclass
class CrmWorld:
    """One CRM behind the adapters under test."""

    steps: Mapping[str, Step]
    inventory: Inventory


class CrmContract(StepContract):
    """The promises as far as a CRM can keep them."""

    products = ("crm",)
    test_applying_while_frozen_switches_nothing_on = None  # type: ignore[assignment]  # for IoT only


class TestHostileScim(CrmContract):
    """SCIM as it is also spoken."""

    @pytest.fixture(params=CHARACTERS)
    def world(self, request: pytest.FixtureRequest) -> Iterator[CrmWorld]:
        scim = HostileScim(CHARACTERS[request.param])
        with serving(scim.answer) as url, closing(ScimConnection(url, "token", 5)) as connection:
            yield CrmWorld(Outside(OUTSIDE, crm=ScimDirectory(connection)).steps(), scim)


class TestSalesforce(CrmContract):
    """Another CRM through the same port."""

    @pytest.fixture
    def world(self) -> Iterator[CrmWorld]:
        org = SalesforceOrg(page_size=1)
        with serving(org.answer) as url:
            settings = SalesforceSettings(
                url=url, client_id="gangway", client_secret="a-secret", profile_id="00e000000000001"
            )
            with closing(SalesforceConnection(settings)) as connection:
                directory = SalesforceDirectory(connection, settings.profile_id)
                yield CrmWorld(Outside(OUTSIDE, crm=directory).steps(), org)
