"""The guard rails as files: what is filled in, what is left out, and how long it gets."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from local_stack.settings import REPOSITORY
from provisioning.adapters.aws import policy_documents
from provisioning.adapters.aws.policy_documents import guard_rail, guard_rail_name

REGIONS = ("eu-central-1", "us-east-1")
ROLE = "OrganizationAccountAccessRole"
LIMITED = {"OnlyTheseServices", "OnlyTheseMachines", "OnlyTheseDatabases", "OnlyTheseLearners"}


def statements(parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {one["Sid"]: one for one in guard_rail(REGIONS, ROLE, parameters)["Statement"]}


def test_what_the_catalogue_does_not_limit_is_left_out() -> None:
    assert not LIMITED & statements().keys()
    limits = {
        "allowed_instance_types": ["t3.*"],
        "allowed_services": ["s3"],
        "allowed_regions": ["us-east-1"],
    }
    limited = statements(limits)
    assert limited.keys() >= LIMITED
    assert limited["OnlyTheseServices"]["NotAction"][0] == "s3:*"
    conditions = [limited[sid]["Condition"] for sid in ("OnlyTheseRegions", "OnlyTheseDatabases")]
    assert conditions[0]["StringNotEquals"] == {"aws:RequestedRegion": ["us-east-1"]}
    assert conditions[1]["StringNotLike"] == {"rds:DatabaseClass": ["db.t3.*"]}
    assert not re.search(r"\{\w+\}", json.dumps(limited)), "something is not filled in"


def test_sandboxes_with_the_same_limits_share_a_guard_rail() -> None:
    unlimited = {"budget_usd_per_month": 50}
    assert guard_rail_name(unlimited) == "gangway-guard-rail"
    small = {"allowed_instance_types": ["t3.*"]}
    assert guard_rail_name(small) == guard_rail_name({**unlimited, **small}) != guard_rail_name(unlimited)
    assert guard_rail_name(small) != guard_rail_name({"allowed_instance_types": ["m5.*"]})


def test_a_grant_of_which_no_region_is_left_has_no_guard_rail() -> None:
    with pytest.raises(ValueError, match="allows none of the regions eu-central-1, us-east-1"):
        guard_rail(REGIONS, ROLE, {"allowed_regions": ["ap-south-1"]})


@pytest.mark.parametrize("name", ["sandbox", "deny_all", "boundary", "outsiders"])
def test_the_files_are_policies_that_aws_takes(name: str) -> None:
    """Each statement with a name of its own, and none allows anything but the boundary's first."""
    document = json.loads((REPOSITORY / "infra" / "guard_rails" / f"{name}.json").read_text())
    assert document["Version"] == "2012-10-17"
    sids = [one["Sid"] for one in document["Statement"]]
    assert len(set(sids)) == len(sids)
    allowing = [one["Sid"] for one in document["Statement"] if one["Effect"] == "Allow"]
    assert allowing == (["Anything"] if name == "boundary" else [])
    assert len(policy_documents.as_sent(document)) <= policy_documents.LONGEST_GUARD_RAIL
