"""What alerts look at: what should be off, what nobody answers for, what is spent and what is not seen."""

from datetime import datetime

from prometheus_client import REGISTRY

from chassis.telemetry.counted import Counted
from provisioning.domain.pool import PoolFigures

STUCK: Counted[tuple[str, str, str]] = Counted(
    "gangway_steps_stuck", "Steps of grants that need an operator", ("product", "wanted", "step")
)
FOUND: Counted[tuple[str, str]] = Counted(
    "gangway_findings", "Things outside that no grant answers for", ("kind", "state")
)
ACCOUNTS: Counted[tuple[str]] = Counted(
    "gangway_sandbox_accounts", "Accounts of sandboxes; stuck are those that wait for an operator", ("state",)
)
CLOSINGS_LEFT: Counted[tuple[()]] = Counted(
    "gangway_account_closings_left",
    "How many accounts may still be closed, by AWS's limit",
    (),
)
BLIND: Counted[tuple[str]] = Counted(
    "gangway_spend_not_seen",
    "Accounts not seen in full for a quarter of an hour, and bills not read for a day",
    ("code",),
)
SPENDING: Counted[tuple[str]] = Counted(
    "gangway_spend_usd_per_hour",
    "What runs in accounts costs by the price file",
    ("intent",),
)
RESULTS: Counted[tuple[str]] = Counted(
    "gangway_results_not_deleted",
    "Folders of results whose time is over, and that could not be emptied for a day",
    ("code",),
)
for counted in (STUCK, FOUND, ACCOUNTS, CLOSINGS_LEFT, BLIND, SPENDING, RESULTS):
    REGISTRY.register(counted)


def show_pool(figures: PoolFigures, now: datetime) -> None:
    """Available is told beside the size that is wanted, so that an alert can compare them."""
    states = {(str(state),): count for state, count in figures.counts.items()}
    told = {("available",): 0, ("wanted",): figures.terms.size, ("stuck",): figures.stuck}
    ACCOUNTS.show(told | states)
    CLOSINGS_LEFT.show({(): figures.closing.left(now)})
