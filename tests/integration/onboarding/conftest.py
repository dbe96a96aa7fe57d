"""Onboarding on a real, migrated database, with keys of this test run."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.onboarding.form_browser import FormBrowser
from tests.integration.onboarding.own_cookies import PUBLIC_URL

from chassis.database.migrations import migrate
from chassis.identity.links import LinkSigner
from chassis.identity.signing_keys import new_key_pair, read_private_key
from local_stack.postgres import LocalPostgres
from local_stack.processes.environments import LOCAL_LIMITS
from onboarding.bootstrap import OnboardingService, build_service
from onboarding.entrypoints.web.link_tokens import DRAFTS, LINKS, MEMBERSHIPS

SESSION, LINK, OPS = new_key_pair(), new_key_pair(), new_key_pair()


@pytest.fixture(scope="session")
def environ(postgres: LocalPostgres) -> Iterator[dict[str, str]]:
    """The least that onboarding has to be told; one database serves all tests, each gets it empty."""
    name = f"onboarding_{uuid4().hex[:12]}"
    yield {
        "DATABASE_URL": postgres.ensure_database(name, owner="tests", password="tests"),
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": PUBLIC_URL,
        "PROVISIONING_PUBLIC_URL": "https://access.gangway.example",
        "INTEGRATIONS_PUBLIC_URL": "https://hooks.gangway.example",
        "NOTIFICATIONS_PUBLIC_URL": "https://mails.gangway.example",
        "SESSION_PRIVATE_KEY": SESSION[0],
        "SESSION_PUBLIC_KEY": SESSION[1],
        "LINK_PUBLIC_KEY": LINK[1],
        "OPS_TOKEN_PUBLIC_KEY": OPS[1],
        "SUPPORT_CONTACT": "partners@gangway.example",
        "LIMITS_FILE": str(LOCAL_LIMITS),
    }
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def migrated_service(environ: dict[str, str]) -> Iterator[OnboardingService]:
    """The service on a database that was migrated once."""
    service = build_service(environ)
    migrate(service.settings.database_url, service.migrations)
    yield service
    service.database.dispose()


@pytest.fixture
def service(migrated_service: OnboardingService) -> Iterator[OnboardingService]:
    """The service; whatever a test leaves in its tables goes."""
    yield migrated_service
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    with migrated_service.database.engine.begin() as connection:
        tables = ", ".join(connection.exec_driver_sql(query).scalars())
        connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


@pytest.fixture(scope="session")
def built_app(migrated_service: OnboardingService) -> Flask:
    """The web process's app, built once."""
    return migrated_service.create_web_app()


@pytest.fixture
def app(built_app: Flask, service: OnboardingService) -> Flask:
    """The web process's app on empty tables."""
    return built_app


@pytest.fixture
def api(service: OnboardingService, app: Flask) -> ApiClient:
    """A client that speaks to the app as any program would."""
    return ApiClient(service, app.test_client(), read_private_key(OPS[0]), link_token)


def link_token(link: dict[str, Any]) -> str:
    """The token that notifications would mail."""
    uses = {"confirm_membership": MEMBERSHIPS, None: DRAFTS}
    use = uses.get(link.get("purpose"), LINKS)
    return LinkSigner(read_private_key(LINK[0])).sign(use, UUID(link["id"]))


@pytest.fixture
def browser(app: Flask) -> FormBrowser:
    return FormBrowser(app)
