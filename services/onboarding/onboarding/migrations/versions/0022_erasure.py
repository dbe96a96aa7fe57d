"""Partners are erased; what screening found names other partners by their ids only."""

from alembic import op

from chassis.database.migrations import create_index_concurrently, upgrade_chassis

revision = "0022"
down_revision = "0021"

_ENDED = "state IN ('expired', 'offboarded', 'rejected', 'withdrawn')"
INDEXES = {
    "partners_by_end": f"partners (state_entered_at, id) WHERE {_ENDED} AND email_verified_at IS NOT NULL",
    "applications_by_end": f"partners (state_entered_at, id) WHERE {_ENDED} AND email_verified_at IS NULL",
    "imported_applications_by_partner": "imported_applications (partner_id)",
}
# "Acme Ltd (<id>), active, has ..." was how another partner stood in a finding.
_WITHOUT_NAME = r"""(
    SELECT jsonb_agg(CASE WHEN found ->> 'code' ~ '^(duplicate|returning)_' THEN jsonb_set(found, '{message}',
        to_jsonb(regexp_replace(found ->> 'message', '^.* \(([0-9a-f-]{36})\)', 'Partner \1')))
        ELSE found END ORDER BY place)
    FROM jsonb_array_elements({findings}) WITH ORDINALITY AS one (found, place))"""
_NAMES_OTHERS = "{findings}::text ~ '\"(duplicate|returning)_'"


def upgrade() -> None:
    upgrade_chassis(op, 5)
    for table in ("partners", "requests"):
        without, names = (part.replace("{findings}", "findings") for part in (_WITHOUT_NAME, _NAMES_OTHERS))
        op.execute(f"UPDATE {table} SET findings = {without} WHERE {names}")  # noqa: S608 - our own words
    kept = "internal_facts -> 'findings'"
    without, names = (part.replace("{findings}", kept) for part in (_WITHOUT_NAME, _NAMES_OTHERS))
    names = names.replace(kept, f"({kept})")
    op.execute(
        f"UPDATE timeline SET internal_facts = jsonb_set(internal_facts, '{{findings}}', {without})"  # noqa: S608
        f" WHERE code IN ('partner.review_started', 'partner.screened_again') AND {names}"
    )
    for name, on in INDEXES.items():
        create_index_concurrently(op, name, on)
