"""Metrics and warnings about automatic approval: what rules approved, and which limits stopped them."""

import structlog
from prometheus_client import Counter

from onboarding.domain.approval_limits import LIMITS
from onboarding.handlers.screen import Screened

APPROVALS = Counter("gangway_automatic_approvals", "Partners that a rule approved", ["rule"])
OVER_LIMIT = Counter(
    "gangway_approvals_over_limit",
    "Applications that a limit of automatic approval sent to people",
    ["limit"],
)
# Prometheus sees no increase in a counter that begins with 1.
for _limit in LIMITS:
    OVER_LIMIT.labels(_limit)
log = structlog.get_logger(__name__)


def count_screened(screened: Screened) -> None:
    """Call it after the commit."""
    if screened.rule:
        APPROVALS.labels(screened.rule.name).inc()
    for exceeded in screened.exceeded:
        OVER_LIMIT.labels(exceeded.limit).inc()


def warn_of_limits(screened: Screened) -> None:
    """Log each limit with its first application of the day or month.

    Call it before the commit, after which it no longer is the first: two warnings are better than none.
    """
    for first in screened.first_exceeded:
        log.warning(
            "automatic approval has reached a limit; applications wait for people",
            limit=first.limit,
            rule=first.rule,
            used=first.used,
            most=first.most,
            until=first.ends_at.isoformat(),
        )
