"""How the scope of an integrator or endpoint stands in a row."""

from typing import Any

from sqlalchemy import RowMapping

from integrations.domain.integrators import PartnerRule, PartnerScope

# Whoever may see a partner hears that it was erased, whatever else they chose to hear.
ERASED = "partner.erased.v1"
# Whether `integrator` may see `event` now, beside `partner` as it is known, if it is.
MAY_SEE = f"""(event.is_test OR ((event.type = '{ERASED}' OR partner.erased_at IS NULL AND
    (integrator.event_types IS NULL OR event.type = ANY (integrator.event_types)))
    AND partner_fits(integrator.partner_rule, integrator.partner_values, event.partner_id,
                     partner.tier, partner.products)))"""


def scope_columns(types: tuple[str, ...] | None, partners: PartnerScope) -> dict[str, Any]:
    return {
        "event_types": None if types is None else list(types),
        "partner_rule": str(partners.rule),
        "partner_values": list(partners.values),
    }


def scope_of(row: RowMapping) -> dict[str, Any]:
    """The fields ``event_types`` and ``partners``."""
    types = row["event_types"]
    return {
        "event_types": None if types is None else tuple(types),
        "partners": PartnerScope(PartnerRule(row["partner_rule"]), tuple(row["partner_values"])),
    }
