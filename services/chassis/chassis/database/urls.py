"""The address of a database, as SQLAlchemy and as libpq want it."""


def sqlalchemy_url(url: str) -> str:
    """``postgresql://`` names psycopg 2 to SQLAlchemy; we mean psycopg 3."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in {"postgresql", "postgres"} else url


def driver_url(url: str) -> str:
    """The same address as libpq wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
