"""Whoever had access when people began to confirm keeps it; the others are asked once they are due."""

from pathlib import Path

from sqlalchemy import NullPool, create_engine
from tests.integration.onboarding.test_canonical_columns import add_partner
from uuid_utils.compat import uuid7

from chassis.database.migrations import migrate
from chassis.database.urls import sqlalchemy_url
from onboarding import migrations

ADD_COLLEAGUE = """
INSERT INTO members (id, partner_id, position, given_name, family_name, email, language, is_contact)
VALUES (%s, %s, 1, 'Bo', '', %s, 'en', false)
"""


def test_people_of_partners_that_are_approved_count_as_confirmed(database_url: str) -> None:
    folder = Path(migrations.__path__[0])
    migrate(database_url, folder, "0007")
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    states = ("applied", "in_review", "action_required", "approved", "provisioning", "active", "suspended")
    with engine.begin() as connection:
        for number, state in enumerate(states):
            partner_id = add_partner(connection, state, "FR", f"{number}", f"{state}@x.example")
            connection.exec_driver_sql(ADD_COLLEAGUE, (uuid7(), partner_id, "bo@x.example"))
    migrate(database_url, folder)
    with engine.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT state FROM members JOIN partners ON partners.id = partner_id"
            " WHERE confirmed_at IS NOT NULL AND times_asked = 0 AND NOT is_contact"
        )
        assert set(found.scalars()) == {"approved", "provisioning", "active", "suspended"}
    engine.dispose()
