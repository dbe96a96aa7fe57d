"""Rows of before get the canonical forms; those that are one company now are named, and stop no upgrade."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, NullPool, create_engine
from uuid_utils.compat import uuid7

from chassis.database.migrations import migrate
from chassis.database.urls import sqlalchemy_url
from onboarding import migrations
from onboarding.domain.likeness import company_shape

ADD_PARTNER = """
INSERT INTO partners (id, state, move_count, created_at, state_entered_at, legal_name, registration_number,
    registration_key, country, website, partner_type, competences, products_wanted, expected_benefits,
    language, contact_email, mail_domain, search_text, findings)
VALUES (%s, %s, 1, now(), now(), 'Soci\u00e9t\u00e9', %s, %s, %s, 'https://x.example', 'reseller', '{}', '{}',
    '', 'en', %s, 'mail.x.example', 'old', '[]')
"""
ADD_CONTACT = """
INSERT INTO members (id, partner_id, position, given_name, family_name, email, language, is_contact)
VALUES (%s, %s, 0, 'Zo\u00eb', 'O''Neill', %s, 'en', true)
"""

ADD_MEMBER = """
INSERT INTO members (id, partner_id, position, given_name, family_name, email, language, is_contact)
VALUES (%s, %s, 1, 'Bo', '', %s, 'en', false)
"""


def add_partner(connection: Connection, state: str, country: str, number: str, email: str) -> UUID:
    """As the version before wrote it: letters and digits, in small ones."""
    partner_id = uuid7()
    key = "".join(sign for sign in number.casefold() if sign.isalnum())
    connection.exec_driver_sql(ADD_PARTNER, (partner_id, state, number, key, country, email.casefold()))
    connection.exec_driver_sql(ADD_CONTACT, (uuid7(), partner_id, email))
    return partner_id


def test_rows_of_before_are_compared_by_the_new_forms(database_url: str) -> None:
    folder = Path(migrations.__path__[0])
    migrate(database_url, folder, "0006")
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        first = add_partner(connection, "active", "FR", "552 100 554", "Jo.Doe+x@GoogleMail.com")
        second = add_partner(connection, "approved", "FR", "55210055400013", "jo@mail.b\u00fccher.example")
        applied = add_partner(connection, "applied", "FR", "552 100 554 R.C.S. Paris", "jo@x_y.invalid")
        court = add_partner(connection, "active", "DE", "HRB 7 Ulm", "jo@firma.co.uk")
        connection.exec_driver_sql("UPDATE partners SET email_verified_at = now() WHERE state <> 'applied'")
    migrate(database_url, folder)
    with engine.begin() as connection:
        rows = {
            row.id: row
            for row in connection.exec_driver_sql(
                "SELECT id, registration_key, registration_without_court, shares_registration, contact_email,"
                " mail_domain, search_text, website_domain, name_shape, mailboxes FROM partners"
            )
        }
        assert {rows[one].registration_key for one in (first, second, applied)} == {"552100554"}
        assert [rows[one].shares_registration for one in (first, second, applied)] == [False, True, False]
        assert (rows[court].registration_key, rows[court].registration_without_court) == ("HRB7 ULM", "HRB7")
        assert [rows[one].contact_email for one in (first, second, applied, court)] == [
            "jodoe@gmail.com",
            "jo@mail.xn--bcher-kva.example",
            "jo@x_y.invalid",
            "jo@firma.co.uk",
        ]
        assert rows[second].mail_domain == "xn--bcher-kva.example"
        assert "societe" in rows[first].search_text
        assert "552100554" in rows[first].search_text
        confirmed = ("x.example", company_shape("Soci\u00e9t\u00e9"))
        assert [(row.website_domain, row.name_shape) for row in map(rows.get, (first, court))] == [
            confirmed
        ] * 2
        assert rows[first].mailboxes == ["jodoe@gmail.com"]
        assert (rows[applied].website_domain, rows[applied].name_shape, rows[applied].mailboxes) == (
            None,
        ) * 3
        noted = connection.exec_driver_sql("SELECT action, target, reason FROM operator_actions").all()
    assert [(action, target) for action, target, _ in noted] == [("registration.shared", str(second))]
    assert str(first) in noted[0].reason
    engine.dispose()


def test_mailboxes_of_before_are_counted_as_those_of_today(database_url: str) -> None:
    folder = Path(migrations.__path__[0])
    migrate(database_url, folder, "0010")
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    before = ["1@jana.fastmail.com", "+1@firma.example", "\uff4ao@firma.example", "bo@firma.example"]
    plain = ["jana@firma.example", "bo@x.example"]
    with engine.begin() as connection:
        ids = [add_partner(connection, "active", "FR", f"{number}", "jana@x.example") for number in range(2)]
        for partner_id, mailboxes in zip(ids, (before, plain), strict=True):
            connection.exec_driver_sql(
                "UPDATE partners SET mailboxes = %s WHERE id = %s", (mailboxes, partner_id)
            )
    migrate(database_url, folder, "0011")
    with engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT mailboxes FROM partners ORDER BY registration_number")
        assert found.scalars().all() == [
            ["jana@fastmail.com", "@firma.example", "jo@firma.example", "bo@firma.example"],
            plain,
        ]
    engine.dispose()


def test_contacts_that_were_taken_for_one_are_told_apart(database_url: str) -> None:
    """By what was typed, as the form of before is the same for both; who did not differ stays as they are."""
    folder = Path(migrations.__path__[0])
    migrate(database_url, folder, "0011")
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    taken_for_one = {
        "Jana@Outlook.de": "jana@outlook.com",
        "stra\u00dfe@firma.example": "strasse@firma.example",
    }
    alike = {"bo@x.example": "bo@x.example", "j.ana@googlemail.com": "jana@gmail.com"}
    with engine.begin() as connection:
        for number, (email, form) in enumerate({**taken_for_one, **alike}.items()):
            partner_id = add_partner(connection, "active", "FR", f"{number}", email)
            mailboxes = [form, "jana@outlook.com"] if number % 2 == 0 else None
            connection.exec_driver_sql(
                "UPDATE partners SET contact_email = %s, mailboxes = %s WHERE id = %s",
                (form, mailboxes, partner_id),
            )
            connection.exec_driver_sql(ADD_MEMBER, (uuid7(), partner_id, "Jana+x@outlook.de"))
        connection.exec_driver_sql("INSERT INTO mail_turns VALUES ('turn', 1, now())")
    migrate(database_url, folder)
    with engine.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT contact_email, mailboxes FROM partners ORDER BY registration_number"
        )
        assert [tuple(row) for row in found] == [
            ("jana@outlook.de", ["jana@outlook.com", "jana@outlook.com"]),
            ("stra\u00dfe@firma.example", None),
            ("bo@x.example", ["bo@x.example", "jana@outlook.com"]),
            ("jana@gmail.com", None),
        ]
        assert connection.exec_driver_sql("SELECT holder FROM mail_turns").scalars().all() == [None]
    engine.dispose()


def test_numbers_of_registers_that_were_not_read_before_are_compared(database_url: str) -> None:
    folder = Path(migrations.__path__[0])
    migrate(database_url, folder, "0006")
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        first = add_partner(connection, "active", "SK", "36631124", "jo@one.example")
        second = add_partner(connection, "approved", "SK", "I\u010cO: 36 631 124", "jo@two.example")
        former = add_partner(connection, "offboarded", "SK", "i\u010do 36631124", "jo@three.example")
        other = add_partner(connection, "active", "US", "DE-4471902", "jo@four.example")
    migrate(database_url, folder, "0023")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE partners SET registration_key = 'ICO36631124', shares_registration = false,"
            " registration_without_court = 'ICO36631124', search_text = 'old' WHERE id = ANY(%s)",
            ([second, former],),
        )
        connection.exec_driver_sql("DELETE FROM operator_actions")
    for _ in range(2):
        migrate(database_url, folder)
        with engine.begin() as connection:
            rows = {row.id: row for row in connection.exec_driver_sql("SELECT * FROM partners")}
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0023'")
        numbers = [rows[one].registration_without_court for one in (first, second, former)]
        assert {*numbers, rows[second].registration_key} == {"36631124"}
        assert rows[other].registration_key == "DE4471902"
        assert [rows[one].shares_registration for one in (first, second, former)] == [False, True, False]
        assert "36631124" in rows[second].search_text.split()
    with engine.begin() as connection:
        [(target, reason)] = connection.exec_driver_sql("SELECT target, reason FROM operator_actions").all()
    assert target == str(second)
    assert str(first) in reason
    engine.dispose()
