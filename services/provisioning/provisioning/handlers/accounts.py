"""An operator acts on an account that no grant has."""

from collections.abc import Callable, Mapping
from datetime import datetime

from uuid_utils.compat import uuid7

from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.refusals import AccountNotFound, AccountNotToBeMoved
from provisioning.handlers import commands, jobs
from provisioning.handlers.ports import Work


def register_account(work: Work, command: commands.RegisterAccount) -> SandboxAccount:
    """Have an account of the organization emptied for the pool. Raises AccountNotToBeMoved."""
    account = SandboxAccount.registered(uuid7(), command.account_id, command.by, command.reason, work.now())
    if not work.accounts.add(account):
        raise AccountNotToBeMoved.known(command.account_id)
    work.defer(jobs.advance_account(account.account_key))
    return account


# What an operator may do to one, by the command.
_ACTS: Mapping[type[commands.ActOnAccount], Callable[[SandboxAccount, str, str, datetime], None]] = {
    commands.QuarantineAccount: SandboxAccount.quarantine,
    commands.ReleaseAccount: SandboxAccount.release,
    commands.EjectAccount: SandboxAccount.eject,
    commands.CloseAccount: SandboxAccount.close,
}


def act_on_account(work: Work, command: commands.ActOnAccount) -> SandboxAccount:
    """Raises AccountNotFound, AccountNotToBeMoved."""
    account = work.accounts.lock(command.account_key)
    if account is None:
        raise AccountNotFound
    _ACTS[type(command)](account, command.by, command.reason, work.now())
    work.accounts.save(account)
    work.defer(jobs.advance_account(account.account_key))
    return account
