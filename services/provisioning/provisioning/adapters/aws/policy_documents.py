"""The policy documents: who may do what in a sandbox, as AWS reads it.

The limits of a sandbox are in files (docs/aws-organization.md), which Terraform reads too.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

ROLE_NAME = "gangway-partner"
BOUNDARY_NAME = "gangway-boundary"
REVOKED_NAME = "gangway-older-sessions"
GUARD_RAIL = "gangway-guard-rail"
LIMITED_GUARD_RAIL = f"{GUARD_RAIL}-[0-9a-f]{{12}}"
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
LONGEST_GUARD_RAIL = 5120
# The parameters of a catalogue entry that limit a sandbox.
LIMITS = ("allowed_regions", "allowed_services", "allowed_instance_types")
REGION = r"^[a-z]{2}(-[a-z]+)+-\d\Z"
FILES = Path(__file__).parents[2] / "config" / "guard_rails"
_VERSION = "2012-10-17"
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_BILLING = ["account:*", "aws-portal:*", "billing:*", "organizations:*"]


def guard_rail(
    regions: Sequence[str], member_role: str, parameters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What nobody in a sandbox may do, not even its root user; only the clean-up role is exempt.

    Raises ValueError if no region is left, or if the policy is too long for AWS.
    """
    limits = parameters or {}
    types = limits.get("allowed_instance_types")
    left = [region for region in regions if region in limits.get("allowed_regions", regions)]
    if not left:
        raise ValueError(f"allows none of the regions {', '.join(regions)}")
    document = _filled(
        "sandbox",
        {
            "regions": left,
            "services": _each("{}:*", limits.get("allowed_services")),
            "machines": _each("{}", types),
            "databases": _each("db.{}", types),
            "learners": _each("ml.{}", types),
        },
        member_role=member_role,
        partner_role=ROLE_NAME,
        boundary=BOUNDARY_NAME,
    )
    length = len(as_sent(document))
    if length > LONGEST_GUARD_RAIL:
        raise ValueError(f"makes a guard rail of {length} characters; AWS takes {LONGEST_GUARD_RAIL}")
    return document


def guard_rail_name(parameters: Mapping[str, Any]) -> str:
    """One policy for all sandboxes with the same limits."""
    limits = {name: parameters[name] for name in LIMITS if name in parameters}
    if not limits:
        return GUARD_RAIL
    return f"{GUARD_RAIL}-{hashlib.sha256(json.dumps(limits, sort_keys=True).encode()).hexdigest()[:12]}"


def as_sent(document: Mapping[str, Any]) -> str:
    """Without spaces, because AWS counts them."""
    return json.dumps(document, separators=(",", ":"))


def deny_all(member_role: str) -> dict[str, Any]:
    """Denies everything except to the clean-up role."""
    return _filled("deny_all", member_role=member_role)


def sessions_before(at: datetime) -> dict[str, Any]:
    """Denies everything to sessions that began before this moment; credentials cannot be revoked."""
    return _document(
        _deny("OlderSessions", ["*"], {"DateLessThan": {"aws:TokenIssueTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}})
    )


def boundary(boundary_arn: str) -> dict[str, Any]:
    """The most that the partner's role, and every role it creates, can ever be allowed."""
    return _filled("boundary", boundary_arn=boundary_arn)


def partner() -> dict[str, Any]:
    """What the partner's role may do, within boundary and guard rail."""
    return _document({"Effect": "Allow", "NotAction": _BILLING, "Resource": "*"})


def trust(account_arn: str) -> dict[str, Any]:
    """People signed in to the account may assume the role, if their permission set allows it."""
    return _document({"Effect": "Allow", "Principal": {"AWS": account_arn}, "Action": "sts:AssumeRole"})


def sign_in(partition: str) -> dict[str, Any]:
    """What signing in allows by itself: to assume the partner role, which has the boundary."""
    role = f"arn:{partition}:iam::*:role/{ROLE_NAME}"
    return _document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role})


def device(client: str, topics: str, filters: str) -> dict[str, Any]:
    """A device may connect only under the name of the thing its certificate is attached to."""
    attached = {"Bool": {"iot:Connection.Thing.IsAttached": ["true"]}}
    return _document(
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": client, "Condition": attached},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": topics},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": filters},
    )


def _filled(
    name: str, lists: Mapping[str, Iterable[str] | None] | None = None, /, **words: str
) -> dict[str, Any]:
    """Fill in what differs between organizations, and leave out statements that then apply to nothing."""
    text = _template(name)
    for placeholder, values in (lists or {}).items():
        if values is not None:
            text = text.replace(f'"{{{placeholder}}}"', ",".join(map(json.dumps, values)))
    for placeholder, word in words.items():
        text = text.replace(f"{{{placeholder}}}", word)
    statements = json.loads(text)["Statement"]
    return _document(*(one for one in statements if not _PLACEHOLDER.search(json.dumps(one))))


@cache
def _template(name: str) -> str:
    return (FILES / f"{name}.json").read_text()


def _each(form: str, values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else [form.format(value) for value in values]


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": list(statements)}


def _deny(sid: str, actions: list[str], condition: dict[str, Any]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": actions, "Resource": "*", "Condition": condition}
