"""Accounts of sandboxes as plain values for the API's schemas: each with its cost, and what misses it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.findings import Finding
from provisioning.domain.meters import month_of

_NO_COST = dict.fromkeys(("spent_usd", "billed_usd", "billed_until", "estimated_usd", "usd_per_hour"))


def accounts_seen(work: ProvisioningUnitOfWork, accounts: Sequence[SandboxAccount]) -> list[dict[str, Any]]:
    """Two questions for all of them together."""
    ids = [account.account_id for account in accounts if account.account_id is not None]
    costs = work.spend.of_accounts(ids, month_of(work.now()))
    gaps: defaultdict[str, list[Finding]] = defaultdict(list)
    for account_id, finding in work.findings.gaps_of(ids):
        gaps[account_id].append(finding)
    return [
        {
            **vars(account),
            "is_stuck": account.is_stuck,
            "code": account.cause and account.cause.code,
            "message": account.cause and account.cause.message,
            "cost": costs.get(account.account_id or "", _NO_COST),
            "detection_gaps": gaps[account.account_id or ""],
        }
        for account in accounts
    ]
