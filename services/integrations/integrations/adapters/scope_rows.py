"""Scopes of integrators and endpoints as columns and conditions."""

from collections.abc import Mapping
from typing import Any

from integrations.domain.integrators import PartnerScope

# Everybody who could see a partner is told that it was erased, whatever types they chose.
ERASED = "partner.erased.v1"
_OF_BOTH = "consent.integrator_id = integrator.id AND consent.partner_id = event.partner_id"
# Left open, so that further conditions can be added.
_CONSENT = f"""EXISTS (SELECT FROM consents AS consent WHERE {_OF_BOTH} AND consent.withdrawn_at IS NULL
    AND consent.purpose_version = integrator.purpose_version AND event.type = ANY (consent.event_types)
    AND consent.given_at <= event.received_at"""
# Whether `event` is of a partner that `integrator` may see; `partner` is its row, if there is one.
# Consents are looked up for those integrators only that ask for them: CASE keeps the order.
_INTEGRATOR_FITS = f"""CASE WHEN integrator.partner_rule <> 'consented'
    THEN partner_fits(integrator.partner_rule, integrator.partner_values, event.partner_id,
                      partner.tier, partner.products)
    WHEN event.type = '{ERASED}' THEN EXISTS (SELECT FROM consents AS consent WHERE {_OF_BOTH})
    ELSE {_CONSENT}) END"""
# Whether `integrator` may see `event` now. Who is shut off is sent nothing, but by a replay afterwards.
_MAY_SEE = f"""(event.is_test OR (CASE WHEN event.type = '{ERASED}'
    THEN integrator.event_types IS DISTINCT FROM ARRAY[]::text[]
    ELSE partner.erased_at IS NULL
        AND (integrator.event_types IS NULL OR event.type = ANY (integrator.event_types)) END
    AND {_INTEGRATOR_FITS}))"""
# The data of `event` as `integrator` may see it now.
_DATA_SEEN = f"""CASE WHEN integrator.sees_personal AND CASE
        WHEN integrator.partner_rule = 'consented' AND NOT event.is_test
        THEN {_CONSENT} AND consent.sees_personal) ELSE true END
    THEN event.data ELSE coalesce(event.impersonal, event.data) END"""
# Filters run before consents are known: where partners are asked, they see no personal data.
_FILTER_SEES_PERSONAL = "(integrator.sees_personal AND integrator.partner_rule <> 'consented')"


def with_scope(statement: str) -> str:
    """The statement with these conditions filled in, by their names in braces."""
    return statement.format(
        erased=ERASED,
        integrator_fits=_INTEGRATOR_FITS,
        may_see=_MAY_SEE,
        data_seen=_DATA_SEEN,
        filter_sees_personal=_FILTER_SEES_PERSONAL,
    )


def scope_columns(types: tuple[str, ...] | None, partners: PartnerScope) -> dict[str, Any]:
    return {
        "event_types": types,
        "partner_rule": partners.rule,
        "partner_values": partners.values,
    }


def scope_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields ``event_types`` and ``partners``."""
    partners = PartnerScope(row["partner_rule"], row["partner_values"])
    return {"event_types": row["event_types"], "partners": partners}
