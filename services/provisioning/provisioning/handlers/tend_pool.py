"""Keeps the configured number of accounts ready, and has the worker continue with what is due."""

from uuid_utils.compat import uuid7

from provisioning.domain.accounts import SandboxAccount
from provisioning.handlers import jobs
from provisioning.handlers.ports import Work

_ACCOUNTS_PER_MINUTE = 200


def tend_pool(work: Work) -> None:
    """During maintenance no account is created; closing and setting apart go on."""
    now, terms = work.now(), work.policies.pool
    for account_key in work.accounts.due(now, _ACCOUNTS_PER_MINUTE):
        work.defer(jobs.advance_account(account_key, queueing_lock=f"account:{account_key}"))
    if work.maintenance.is_on():
        return
    for _ in range(terms.to_make(work.accounts.counts(), work.accounts.count_making())):
        account = SandboxAccount.for_pool(uuid7(), now)
        work.accounts.add(account)
        work.defer(jobs.advance_account(account.account_key))
