"""`gangway sweeps …`: list what stands outside, and settle what no grant answers for."""

from operator_cli.described import DescribedGroup, Given
from operator_cli.screen import Column, Facts, at


def _left_out(one: Facts) -> str:
    return f"{one['product'] or one['kind']}: {one['message']}"


_SWEEPS: tuple[Column, ...] = (
    ("id", "sweep_id"),
    ("began", at("started_at")),
    ("by", lambda sweep: sweep["started_by"] or "the schedule"),
    ("listed", lambda sweep: f"{sweep['done']} of {sweep['kinds']} kinds"),
    ("now", "kind"),
    ("things of ours", "things_seen"),
    ("left out", lambda sweep: "; ".join(map(_left_out, sweep["left_out"]))),
    ("ended", at("ended_at")),
)
_FINDINGS: tuple[Column, ...] = (
    ("id", "finding_id"),
    ("state", "state"),
    ("kind", "kind"),
    ("outside", lambda finding: finding["label"] or finding["outside_id"]),
    ("partner", "partner_id"),
    ("first seen", at("first_seen_at")),
    ("last seen", at("last_seen_at")),
    ("settled by", "settled_by"),
    ("because", "reason"),
    ("cause", "message"),
)

_ONE = "POST /v1/findings/{finding_id}"

sweeps = DescribedGroup(
    "sweeps",
    help="""What stands outside without a grant: list it all, see what was found, settle it.

    FINDING is an id or the beginning of one.
    """,
)


def _now(finding: Facts) -> str:
    return f"{finding['kind']} {finding['label'] or finding['outside_id']} is {finding['state']} now."


sweeps.act(
    "run",
    "POST /v1/sweeps",
    "Have the worker list everything outside that bears our mark.",
    "Sweep {sweep_id} began; `gangway sweeps show` tells how far it is.",
)
sweeps.listing(
    "show",
    "GET /v1/sweeps",
    "List the newest sweeps, with the progress of the one running.",
    _SWEEPS,
)
sweeps.listing(
    "findings",
    "GET /v1/findings",
    "List what no grant answers for; suspected is what one sweep saw, open what two did.",
    _FINDINGS,
    Given("state", "Only those in this state, such as open."),
    Given("kind", "Only this kind of things, such as account."),
)
sweeps.act(
    "adopt",
    f"{_ONE}/adoption",
    "Leave it as long as a grant lives; afterwards it is reported again.",
    _now,
    Given("grant_id", "For which grant it stands there.", "grant"),
)
sweeps.act("ignore", f"{_ONE}/ignoring", "Ignore a finding: not reported again.", _now)
sweeps.act("reopen", f"{_ONE}/reopening", "Reopen a finding that was adopted or ignored.", _now)
sweeps.act(
    "remove",
    f"{_ONE}/removal",
    "Take it away, after one more look; only what two sweeps saw.",
    _now,
    Given(
        "although_owner_unknown",
        "Also where nobody here is known as its owner: it may be another installation's.",
    ),
)
