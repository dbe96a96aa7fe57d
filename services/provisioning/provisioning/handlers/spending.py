"""What grants cost: their accounts are looked at every few minutes, and their budgets acted on.

The brake: AWS's bills come hours late, so what runs is priced by the price file and counted over time. A look
may be repeated, doubled, late or early: each counts from where the meter stands.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from chassis.database.outside_calls import Hold
from provisioning.domain.budgets import Action, BudgetTerms
from provisioning.domain.grants import Grant
from provisioning.domain.leases import FrozenFor
from provisioning.domain.meters import Meter
from provisioning.domain.prices import Prices, Seen
from provisioning.domain.refusals import GrantNotFound, Refused
from provisioning.handlers import jobs
from provisioning.handlers.commands import RaiseBudget
from provisioning.handlers.emit import emit_held, emit_spent
from provisioning.handlers.grants import act_on_grant, find_grant
from provisioning.handlers.leases import end_now
from provisioning.handlers.money_ports import AccountWatcher
from provisioning.handlers.ports import Work
from provisioning.handlers.sorted_answers import Answer
from provisioning.handlers.stopping import looked_at

# What is paid by use shows in CloudWatch after some minutes; older than that is not asked for.
_USE_SHOWS_AFTER = timedelta(minutes=5)
_USE_ASKED_FOR = timedelta(hours=3)
# How long after it is wanted again the first look comes, at most.
_RESTS = timedelta(minutes=5)


def watch_spending(work: Work) -> int:
    """Have the accounts looked at that are due; return how many. Who is late comes first next time.

    Where none is looked at, meters still say whose bills are whose: they begin and end without.
    """
    terms = work.policies.spending
    work.meters.begin_due(work.now())
    due = work.meters.due(work.now(), terms.looks_per_minute)
    for grant_id in due:
        if terms.look_every:
            work.defer(jobs.look_at_spending(grant_id))
        else:
            _rest(work, grant_id)
    return len(due)


def raise_budget(work: Work, command: RaiseBudget) -> Grant:
    """Let it cost more this month, and give it back if that is why it was off.

    Raises GrantNotFound, Refused when it would be off all the same.
    """

    def act(grant: Grant) -> None:
        terms, meter = BudgetTerms.in_parameters(grant.parameters), work.meters.lock_open(grant.grant_id)
        if terms is None or meter is None or not grant.is_wanted:
            raise Refused("no_budget", "The grant has no budget, or is not wanted any more.")
        meter.roll_over(work.now())
        billed = work.meters.billed_usd(grant.grant_id, meter.month)
        missing = meter.raise_budget(terms, Decimal(command.usd), billed).missing_usd
        if missing:
            message = f"What was spent this month needs {missing:.2f} USD more than that."
            raise Refused("budget_still_exceeded", message)
        work.meters.save(meter)
        if FrozenFor.BUDGET in grant.frozen_for and grant.unfreeze(FrozenFor.BUDGET):
            emit_held(work, grant)

    return act_on_grant(work, command.grant_id, act)


def _act(work: Work, grant: Grant, meter: Meter) -> None:
    """Do what the thresholds ask for that were reached by now; of several only the gravest is told."""
    terms = BudgetTerms.in_parameters(grant.parameters)
    if terms is None or not grant.is_wanted:
        return
    spending = meter.spending(terms, work.meters.billed_usd(grant.grant_id, meter.month))
    is_braked = FrozenFor.BUDGET in grant.frozen_for
    reached = {one.action: one for one in meter.pass_thresholds(spending, is_braked=is_braked)}
    gravest = next((reached[action] for action in reversed(Action) if action in reached), None)
    if gravest is None:
        return
    emit_spent(work, grant, spending, gravest)

    def brake(held: Grant) -> None:
        # The end alone would stop no machine, and a longer lease would give it back.
        if {Action.FREEZE, Action.END} & reached.keys():
            held.freeze(FrozenFor.BUDGET)
        if Action.END in reached and held.lease is not None and not held.lease.is_expired:
            end_now(work, held)

    if gravest.action is not Action.WARN:
        act_on_grant(work, grant.grant_id, brake)
        meter.look_at = work.now()


@dataclass(frozen=True)
class LookCall:
    """One look at an account, and of which time its use is counted; ``meter_stood_at`` in its use then.

    ``stops``: its budget is spent, or nobody is to have it any more, so what runs is stopped.
    """

    account_id: str
    stops: bool
    meter_stood_at: datetime | None
    used_since: datetime
    used_until: datetime


@dataclass(frozen=True)
class LooksAtSpending:
    """One look at what runs in the account of a grant."""

    watcher: AccountWatcher
    prices: Prices
    grant_id: UUID

    @property
    def lock_name(self) -> str:
        return f"spending:{self.grant_id}"

    def come_back(self, work: Work, after: timedelta) -> None:
        """The next minute has it looked at, if nobody else has by then."""

    def begin(self, work: Work, hold: Hold, known: bool | None) -> LookCall | None:
        due = None if known else _due(work, self.grant_id)
        if due is None:
            return None
        grant, meter = due
        stops = FrozenFor.BUDGET in grant.frozen_for or not grant.is_wanted
        return _call(meter, work.now(), stops=stops)

    def call(self, attempt: LookCall) -> Answer[Seen]:
        since, until = attempt.used_since, attempt.used_until
        return looked_at(self.watcher, attempt.account_id, since, until, stops=attempt.stops)

    def note(self, work: Work, attempt: LookCall, outcome: Answer[Seen]) -> bool:
        _, grant = find_grant(work, self.grant_id)
        meter = work.meters.lock_open(self.grant_id)
        if meter is None or meter.account_id != attempt.account_id:
            return True
        self._count(work, meter, attempt, outcome)
        _act(work, grant, meter)
        work.meters.save(meter)
        return True

    def _count(self, work: Work, meter: Meter, attempt: LookCall, outcome: Answer[Seen]) -> None:
        now, seen = work.now(), outcome.found or Seen(unseen=(outcome.because,))
        priced = self.prices.price(seen)
        if seen.unseen:
            meter.miss(now, seen.unseen[0], priced.usd_per_hour)
        else:
            meter.see(now, priced.usd_per_hour, priced.assumed)
        # Counted once: by whoever began where the meter stands.
        if seen.used is not None and meter.usage_until == attempt.meter_stood_at:
            meter.use(priced.used_usd, attempt.used_until)
        meter.look_at = now + work.policies.spending.look_again_after(meter.failures)


def _due(work: Work, grant_id: UUID) -> tuple[Grant, Meter] | None:
    """Return the meter that is due, on the account that the grant has by now; end it where it has none."""
    meter = work.meters.lock_open(grant_id)
    if meter is None or meter.look_at is None or meter.look_at > work.now():
        return None
    grant = work.grants.get(grant_id)
    if grant is None:
        raise GrantNotFound
    account_id = grant.outputs.get("account_id")
    if grant.leaves_nothing_outside or account_id is None:
        meter.end(work.now())
        work.meters.save(meter)
        return None
    if account_id != meter.account_id:
        moved = meter.move_to(account_id, work.now())
        work.meters.save(meter)
        work.meters.add(moved)
        meter = moved
    return grant, meter


def _rest(work: Work, grant_id: UUID) -> None:
    due = _due(work, grant_id)
    if due is not None:
        _, meter = due
        meter.rest(work.now(), work.now() + _RESTS)
        work.meters.save(meter)


def _call(meter: Meter, now: datetime, *, stops: bool) -> LookCall:
    until = (now - _USE_SHOWS_AFTER).replace(second=0, microsecond=0)
    since = meter.usage_until or meter.began_at.replace(second=0, microsecond=0)
    since = min(max(since, until - _USE_ASKED_FOR), until)
    return LookCall(meter.account_id, stops, meter.usage_until, since, until)
