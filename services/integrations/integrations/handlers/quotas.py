"""Counts what integrators do, before it is done, and reports how much is left."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from chassis.frozen import Frozen
from integrations.domain.endpoints import Endpoint
from integrations.domain.filter_costs import FilterCosts, dearest
from integrations.domain.quotas import WINDOW, Act
from integrations.domain.refusals import FiltersTooDear, QuotaUsedUp
from integrations.handlers.commands import LookAtQuotas
from integrations.handlers.ports import Work


def use(work: Work, integrator_id: UUID, act: Act) -> None:
    """Count one act; concurrent ones of the same integrator wait. Raises QuotaUsedUp."""
    most, now = work.policies.quotas[act], work.now()
    since, used = work.quota_uses.add(integrator_id, act, now)
    if used > most:
        raise QuotaUsedUp(f"{most} of the kind {act} an hour are allowed.", since + WINDOW - now)


def expect_filters_fit(work: Work, changed: Endpoint) -> None:
    """Checked together with those of the other endpoints; the integrator has to be locked.

    A reduction is never refused. Raises FiltersTooDear.
    """
    known = {one.id: one for one in work.endpoints.of_integrator(changed.integrator_id)}
    before, wanted = _dearest(work, known), _dearest(work, known | {changed.id: changed})
    most = work.policies.most_filter_steps
    if wanted is not None and wanted.total > max(most, before.total if before else 0):
        names = {one.id: f"{one.id} ({_name_of(one)})" for one in known.values()}
        raise FiltersTooDear(wanted, most, names | {changed.id: "this one"})


class Use(Frozen):
    """How much of a quota is used; ``until`` is when the count restarts."""

    used: int
    most: int
    until: datetime | None = None


class QuotasSeen(Frozen):
    """An integrator's use of each quota."""

    endpoints: Use
    replays_running: Use
    filter_steps: Use
    filter_costs: FilterCosts | None
    by_hour: Mapping[Act, Use]


def look_at(work: Work, command: LookAtQuotas) -> QuotasSeen:
    integrator_id = command.integrator_id
    policies, counted = work.policies, work.quota_uses.of(integrator_id, work.now())
    endpoints = {one.id: one for one in work.endpoints.of_integrator(integrator_id)}
    costs = _dearest(work, endpoints)
    return QuotasSeen(
        endpoints=Use(used=len(endpoints), most=policies.most_endpoints),
        replays_running=Use(used=work.replays.running(integrator_id), most=policies.most_replays_running),
        filter_steps=Use(used=costs.total if costs else 0, most=policies.most_filter_steps),
        filter_costs=costs,
        by_hour={act: _use(most, counted.get(act)) for act, most in policies.quotas.items()},
    )


def _use(most: int, counted: tuple[datetime, int] | None) -> Use:
    if counted is None:
        return Use(used=0, most=most)
    since, used = counted
    return Use(used=min(used, most), most=most, until=since + WINDOW)


def _dearest(work: Work, endpoints: Mapping[UUID, Endpoint]) -> FilterCosts | None:
    return dearest(endpoints.values(), work.policies.catalogue, work.policies.filter_cost)


def _name_of(endpoint: Endpoint) -> str:
    return endpoint.description or urlsplit(endpoint.url).hostname or ""
