"""The account behind a grant: taken from the pool if one is ready, else created by the grant; given back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.attempts import Attempt
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.moves import Move
from provisioning.domain.refusals import AccountNotToBeMoved
from provisioning.domain.steps import Cause
from provisioning.handlers.outcomes import Outcome
from provisioning.handlers.ports import Work


def claim_account(work: Work, grant: Grant, move: Move) -> Mapping[str, Any]:
    """Before a step on the account: whose it is, and what becomes of it. Return facts for this call alone.

    The id of a pool's account is noted on the grant before the outside is called, as if its own step had
    found it; its row says from then on who has it. Where it goes in the end is decided once, too.
    """
    if grant.product.account_step is None:
        return {}
    if move.target is Intent.ON and move.step.name == grant.product.account_step:
        _take(work, grant)
    if move.target is not Intent.OFF:
        return {}
    goes_back = grant.outputs.setdefault("account_goes_back", work.policies.pool.reuses)
    if move.step.name != grant.product.account_step:
        return {}
    if goes_back:
        return {"account_is_open": _is_open(grant)}
    account = work.accounts.lock_of_grant(grant.grant_id)
    return reserve_closing(work, account) if account else {}


def unless_of_another(work: Work, grant: Grant, attempt: Attempt, outcome: Outcome) -> Outcome:
    """Refuse the account that was found if another row has it: somebody registered it meanwhile.

    The other row decides what becomes of it: it is not closed when this grant ends.
    """
    seen = outcome.observation
    account_id = seen.facts.get("account_id") if seen else None
    if seen is None or account_id is None or attempt.step_name != grant.product.account_step:
        return outcome
    own, key = work.accounts.lock_of_grant(grant.grant_id), work.accounts.key_of(account_id)
    if key is None or (own is not None and own.account_key == key):
        return outcome
    grant.outputs["account_goes_back"] = True
    if attempt.target is Intent.OFF:
        facts = {name: fact for name, fact in seen.facts.items() if name != "account_id"}
        return replace(outcome, observation=replace(seen, facts=facts))
    refusal = AccountNotToBeMoved.known(account_id)
    return Outcome(cause=Cause(refusal.code, refusal.message), is_final=True)


def follow_account(work: Work, grant: Grant) -> None:
    """After a grant has moved: align the account's row with what was observed."""
    if grant.product.account_step is None:
        return
    account = work.accounts.lock_of_grant(grant.grant_id)
    if account is None:
        account = _of_older_process(work, grant)
    if account is None:
        return
    before = replace(account)
    account.follow(grant, work.policies.pool, work.now())
    if account != before:
        work.accounts.save(account)


def reserve_closing(work: Work, account: SandboxAccount) -> Mapping[str, Any]:
    """Count the closing that is requested now, or return until when there is no room for it.

    A repeated request keeps its place, counted from now: AWS counts from when it closes.
    """
    now = work.now()
    if account.close_asked_at is None:
        free_at = work.accounts.lock_closing_budget(now).free_at(now)
        if free_at > now:
            return {"close_not_before": free_at}
    account.close_asked_at = now
    work.accounts.save(account)
    return {}


def _of_older_process(work: Work, grant: Grant) -> SandboxAccount | None:
    """Whoever ran while the rows of accounts came made none."""
    if grant.outputs.get("account_id") is None or not grant.may_stand_outside:
        return None
    account = SandboxAccount.for_grant(grant, work.now())
    return account if work.accounts.add(account) else None


def _is_open(grant: Grant) -> bool:
    """Whether a brake on the account itself is still to be put on, and nobody said to go on without."""
    waiting = (one for one in grant.account_brakes if one.skipped_because is None)
    return not grant.is_forced and any(one.may_stand_outside for one in waiting)


def _take(work: Work, grant: Grant) -> None:
    """What the grant began to make for itself goes on."""
    if grant.outputs.get("account_id") or work.accounts.lock_of_grant(grant.grant_id):
        return
    account = work.accounts.lock_available()
    if account is None:
        work.accounts.add(SandboxAccount.for_grant(grant, work.now()))
        return
    account.lease(grant, work.now())
    work.accounts.save(account)
    grant.outputs["account_id"] = account.account_id
