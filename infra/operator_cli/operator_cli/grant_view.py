"""How grants and their steps are shown."""

from collections.abc import Iterable

from operator_cli.screen import Column, Facts, at, moment


def cause_of(grant: Facts) -> str:
    """Why a product is missing, and what happens next; empty if nothing is wrong."""
    cause = grant.get("cause")
    if not cause:
        return f"waived: {grant['waiver_reason']}" if grant.get("waiver_reason") else ""
    told = f"{cause['step']}: {cause['message'].rstrip('.')} ({cause['code']})."
    if not cause["will_retry"]:
        return f"{told} It waits for you."
    return f"{told} Next try {moment(cause['retry_at'])}." if cause["retry_at"] else told


def budget_of(grant: Facts) -> str:
    """The cost this month, the limit, and what is unknown about it; empty without a budget."""
    budget = grant.get("budget")
    if not budget:
        return ""
    told = (
        f"{budget['spent_usd']} of {budget['budget_usd']} USD ({budget['percent']} %), "
        f"estimated {budget['estimated_usd']}, billed {budget['billed_usd']}; "
        f"{budget['usd_per_hour']} USD an hour now"
    )
    if budget["assumed"]:
        told += f"; price assumed of {', '.join(budget['assumed'])}"
    if budget["not_seen_since"]:
        told += f"; not seen in full since {moment(budget['not_seen_since'])}: {budget['not_seen_because']}"
    return told


def named_steps(grants: Iterable[Facts]) -> list[dict[str, object]]:
    """The steps of all grants, each with its product."""
    return [{"product": product_of(grant), **step} for grant in grants for step in grant.get("steps", ())]


def standing_of(step: Facts) -> str:
    """The state outside, how it differs, and why that is left so."""
    codes = ", ".join(difference["code"] for difference in step["differences"])
    seen = f"{step['standing']} ({codes})" if codes else str(step["standing"])
    return f"{seen}, left: {step['skipped_because']}" if step["skipped_because"] else seen


def product_of(grant: Facts) -> str:
    """The product, and which of several in the catalogue."""
    name = grant.get("entry_name")
    return f"{grant['product']} ({name})" if name else str(grant["product"])


GRANT_COLUMNS: tuple[Column, ...] = (
    ("id", "grant_id"),
    ("product", product_of),
    ("required", "required"),
    ("state", "state"),
    ("cause", cause_of),
    ("identifiers", "identifiers"),
)
GRANT_LINE: tuple[Column, ...] = (
    ("id", "grant_id"),
    ("partner", "partner_id"),
    ("product", product_of),
    ("required", "required"),
    ("state", "state"),
    ("cause", cause_of),
)
STEP_COLUMNS: tuple[Column, ...] = (
    ("product", "product"),
    ("step", "name"),
    ("stands", standing_of),
    ("seen", at("seen_at")),
    ("attempts", "attempts"),
    ("stuck", "is_stuck"),
    ("next try", at("retry_at")),
    ("cause", "message"),
)
