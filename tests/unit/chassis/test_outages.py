"""What is said of a database that cannot be used."""

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import DBAPIError

from chassis.database.outages import describe

REFUSED = psycopg.OperationalError('FATAL:  password authentication failed for user "onboarding"\nmore')


def wrapped_by_procrastinate() -> BaseException:
    error = ConnectorException()
    error.__cause__ = REFUSED
    return error


@pytest.mark.parametrize(
    "error",
    [REFUSED, DBAPIError.instance("SELECT 1", None, REFUSED, psycopg.Error), wrapped_by_procrastinate()],
    ids=["driver", "sqlalchemy", "procrastinate"],
)
def test_the_server_is_quoted_whoever_wraps_its_words(error: BaseException) -> None:
    assert describe(error) == f"{str(REFUSED).splitlines()[0]}: look at DATABASE_URL"


def test_only_the_database_leads_to_its_address() -> None:
    assert describe(OSError("the topic does not exist")) == "the topic does not exist"
    assert describe(ValueError()) == "ValueError"
