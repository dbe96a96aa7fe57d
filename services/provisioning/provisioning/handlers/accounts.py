"""An operator acts on an account that no grant has."""

from collections.abc import Callable
from uuid import UUID

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


def quarantine_account(work: Work, command: commands.QuarantineAccount) -> SandboxAccount:
    """Raises AccountNotFound, AccountNotToBeMoved."""
    return _moved(
        work, command.account_key, lambda one: one.quarantine(command.by, command.reason, work.now())
    )


def release_account(work: Work, command: commands.ReleaseAccount) -> SandboxAccount:
    """Raises AccountNotFound, AccountNotToBeMoved."""
    return _moved(work, command.account_key, lambda one: one.release(command.by, command.reason, work.now()))


def eject_account(work: Work, command: commands.EjectAccount) -> SandboxAccount:
    """Raises AccountNotFound, AccountNotToBeMoved."""
    return _moved(work, command.account_key, lambda one: one.eject(command.by, command.reason, work.now()))


def close_account(work: Work, command: commands.CloseAccount) -> SandboxAccount:
    """Raises AccountNotFound, AccountNotToBeMoved."""
    return _moved(work, command.account_key, lambda one: one.close(command.by, command.reason, work.now()))


def _moved(work: Work, account_key: UUID, move: Callable[[SandboxAccount], None]) -> SandboxAccount:
    account = work.accounts.lock(account_key)
    if account is None:
        raise AccountNotFound
    move(account)
    work.accounts.save(account)
    work.defer(jobs.advance_account(account_key))
    return account
