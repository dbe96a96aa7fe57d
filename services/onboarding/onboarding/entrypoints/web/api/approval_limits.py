"""The limits of automatic approval as operators see them."""

from typing import Any

from onboarding.adapters.unit_of_work import OnboardingUnitOfWork


def limits_used(work: OnboardingUnitOfWork) -> list[dict[str, Any]]:
    """Each limit with the moment at which it first kept an application waiting in its day or month."""
    now, policies, approvals = work.now(), work.policies, work.automatic_approvals
    exceeded = approvals.exceeded(now)
    return [
        {**vars(found), "exceeded_at": exceeded.get((found.limit, found.rule))}
        for found in policies.approval_limits.measured(policies.rules.approval, approvals.use(now), now)
    ]
