"""The services on real HTTP servers and databases, and the command line that operates them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet
from tests.integration.integrations.conftest import World as IntegrationsWorld
from tests.integration.notifications.conftest import ListeningTransport, World
from tests.integration.onboarding.api_client import ApiClient
from tests.integration.provisioning.conftest import ProvisioningOnPostgres
from tests.served import served
from tests.unit.provisioning.fake_outside import FakeDoor, FakeKeyVault, FakeOutside, fake_steps
from werkzeug.test import TestResponse

from chassis.database.migrations import migrate
from chassis.identity.links import LinkSigner
from chassis.identity.ops_tokens import sign_ops_token
from chassis.identity.signing_keys import new_key_pair, read_private_key
from console.bootstrap import ConsoleService
from console.bootstrap import build_service as build_console
from integrations.bootstrap import build_service as build_integrations
from local_stack.kafka_cluster.cluster import KafkaAddress
from local_stack.postgres import LocalPostgres
from notifications.bootstrap import build_service as build_notifications
from onboarding.bootstrap import build_service as build_onboarding
from onboarding.entrypoints.web.link_tokens import LINKS
from operator_cli.command import main
from provisioning.bootstrap import build_service as build_provisioning

SESSION, PORTAL_SESSION, LINK, OPS = (new_key_pair() for _ in range(4))
CONSOLE = "http://127.0.0.1:8003"
TABLES = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


def ops_token(*roles: str, name: str = "amara") -> str:
    return sign_ops_token(read_private_key(OPS[0]), name, roles, timedelta(hours=1))


@dataclass
class CommandLine:
    """`gangway …` as one operator runs it."""

    environ: dict[str, str]

    def __call__(self, *arguments: str, **environ: str) -> Result:
        return CliRunner().invoke(main, arguments, env={**self.environ, **environ})

    def says(self, *arguments: str) -> str:
        """What a command that has to succeed prints."""
        result = self(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def tells(self, *arguments: str) -> Any:
        """The same as JSON."""
        return json.loads(self.says(*arguments, "--json"))

    def fails(self, *arguments: str, **environ: str) -> str:
        """The one sentence of a command that has to fail."""
        result = self(*arguments, **environ)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        [sentence] = result.stderr.splitlines()
        return sentence


@dataclass
class Services:
    """The services from their inside, so that a test can prepare what an operator finds."""

    onboarding: ApiClient
    provisioning: ProvisioningOnPostgres
    notifications: World
    integrations: IntegrationsWorld


def environ_of(database_url: str, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "SESSION_PUBLIC_KEY": SESSION[1],
        "LINK_PUBLIC_KEY": LINK[1],
        "OPS_TOKEN_PUBLIC_KEY": OPS[1],
        **more,
    }


@pytest.fixture(autouse=True)
def services_log_elsewhere() -> Iterator[None]:
    """Unconfigured, structlog prints to standard output, which belongs to the command line here."""
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())
    yield
    structlog.configure(**before)


@contextmanager
def services_on(postgres: LocalPostgres, kafka: Mapping[str, str]) -> Iterator[Services]:
    """All services, each with a database of its own; ``kafka`` is how they reach it."""

    def database(name: str) -> str:
        return postgres.ensure_database(f"ops_{name}_{uuid4().hex[:6]}", owner="tests", password="tests")

    outside, vault, door, transport = FakeOutside(), FakeKeyVault(), FakeDoor(), ListeningTransport()
    onboarding = build_onboarding(
        environ_of(
            database("onboarding"),
            **kafka,
            PROVISIONING_PUBLIC_URL="http://127.0.0.1:8001",
            INTEGRATIONS_PUBLIC_URL="http://127.0.0.1:8003",
            SESSION_PRIVATE_KEY=SESSION[0],
        )
    )
    provisioning = build_provisioning(
        environ_of(
            database("provisioning"),
            **kafka,
            SCIM_URL="http://127.0.0.1:9/scim",
            SCIM_TOKEN="x",
            STEP_PATIENCE_SECONDS="0",
            STEP_PATIENCE_BY_KIND="unavailable=0",
            SWEEP_EVERY_HOURS="0",
        ),
        steps=fake_steps(outside),
        key_vault=vault,
        inventories={},
        doors={"crm": door},
    )
    notifications = build_notifications(
        environ_of(
            database("notifications"),
            **kafka,
            LINK_PRIVATE_KEY=LINK[0],
            ONBOARDING_PUBLIC_URL="http://127.0.0.1:8000",
            INTEGRATIONS_PUBLIC_URL="http://127.0.0.1:8003",
            MAIL_FROM="Gangway <partners@gangway.example>",
            SMTP_HOST="127.0.0.1",
            MAIL_ATTEMPTS_MOST="1",
        ),
        transport=transport,
    )
    environ = environ_of(
        database("integrations"),
        **kafka,
        WEBHOOK_SECRET_KEYS=Fernet.generate_key().decode(),
        SESSION_PRIVATE_KEY=PORTAL_SESSION[0],
        SESSION_PUBLIC_KEY=PORTAL_SESSION[1],
        PARTNER_SESSION_PUBLIC_KEY=SESSION[1],
        ONBOARDING_PUBLIC_URL="http://127.0.0.1:8000",
        WEBHOOK_OPENED_RANGES="127.0.0.0/8",
        WEBHOOK_SCHEMES="https,http",
    )
    integrations = build_integrations(environ)
    all_services = (onboarding, provisioning, notifications, integrations)
    for service in all_services:
        migrate(service.settings.database_url, service.migrations)
    signer = LinkSigner(read_private_key(LINK[0]))
    client = ApiClient(
        onboarding,
        onboarding.create_web_app().test_client(),
        read_private_key(OPS[0]),
        lambda link: signer.sign(LINKS, UUID(link["id"])),
    )
    keys = read_private_key(SESSION[0]), read_private_key(OPS[0])
    yield Services(
        client,
        ProvisioningOnPostgres(provisioning, outside, vault, *keys, door),
        World(notifications, transport, ops_token("operator")),
        IntegrationsWorld(
            integrations, environ, integrations.create_web_app().test_client(), ops_token("operator")
        ),
    )
    provisioning.lock_engine.dispose()
    for service in all_services:
        service.database.dispose()


@pytest.fixture(scope="session")
def built(postgres: LocalPostgres, kafka: KafkaAddress) -> Iterator[Services]:
    """All services, each with a database of its own."""
    with services_on(postgres, kafka.environment("notifications")) as services:
        yield services


@contextmanager
def listening(built: Services) -> Iterator[dict[str, str]]:
    """Where the services listen meanwhile."""
    with (
        served(built.onboarding.service.create_web_app()) as onboarding,
        served(built.provisioning.service.create_web_app()) as provisioning,
        served(built.notifications.service.create_web_app()) as notifications,
        served(built.integrations.service.create_web_app()) as integrations,
    ):
        yield {
            "ONBOARDING": onboarding,
            "PROVISIONING": provisioning,
            "NOTIFICATIONS": notifications,
            "INTEGRATIONS": integrations,
        }


@pytest.fixture(scope="session")
def urls(built: Services) -> Iterator[dict[str, str]]:
    """Where the services listen."""
    with listening(built) as urls:
        yield urls


@pytest.fixture
def services(built: Services) -> Services:
    """All services, empty."""
    return emptied(built)


def emptied(built: Services) -> Services:
    """The same without anything that happened before."""
    for one in (built.onboarding, built.provisioning, built.notifications, built.integrations):
        with one.service.database.begin() as work:
            names = work.connection.exec_driver_sql(TABLES).scalars()
            work.connection.exec_driver_sql(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")
    built.provisioning.outside.mishaps.clear()
    built.notifications.transport.refusals.clear()
    built.notifications.partner_id, built.notifications.sequence = str(uuid4()), 0
    return built


@pytest.fixture
def gangway(urls: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The command line of somebody who may do everything."""
    named = {f"GANGWAY_{name}_URL": url for name, url in urls.items()}
    home = {"GANGWAY_HOME": str(tmp_path_factory.mktemp("no-stack"))}
    return CommandLine({**named, **home, "GANGWAY_OPS_TOKEN": ops_token("operator")})


class ConsoleBrowser:
    """A browser without scripts at the console, signed in as somebody."""

    def __init__(self, service: ConsoleService, token: str | None) -> None:
        self.service = service
        self.http = service.create_web_app().test_client()
        if token is not None:
            self.keep(session_of(token))

    def keep(self, content: dict[str, Any]) -> None:
        """Have a session with this content."""
        for name, value in self.service.sessions.sealed(content).items():
            self.http.set_cookie(name, value)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.http.get(path, headers={"Accept": "text/html", **options.pop("headers", {})}, **options)

    def shows(self, path: str, **options: Any) -> str:
        """The text of a page that has to be there."""
        answer = self.get(path, **options)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def post(self, path: str, *, origin: str = CONSOLE, **form: Any) -> TestResponse:
        """Send a form as a browser does from a page of the console."""
        return self.http.post(path, data=form, headers={"Accept": "text/html", "Origin": origin})


def session_of(token: str, *, minutes: int = 60, **tokens: Any) -> dict[str, Any]:
    """What the console keeps of somebody who signed in."""
    expires_at = int((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp())
    kept = {"access_token": token, "expires_at": expires_at, "refresh_token": None, "id_token": None}
    return {"signed_in": {**kept, "claims": {}, **tokens}}


def console_at(urls: dict[str, str], **environ: str) -> ConsoleService:
    """A console of the services at these addresses."""
    return build_console(
        {
            "PUBLIC_URL": CONSOLE,
            "SESSION_KEYS": Fernet.generate_key().decode(),
            "OIDC_ISSUER": "http://127.0.0.1:9",
            "OIDC_AUDIENCE": "gangway",
            "OIDC_CLIENT_ID": "gangway-console",
            **{f"{name}_URL": url for name, url in urls.items()},
            **environ,
        }
    )


@pytest.fixture(scope="session")
def console_service(urls: dict[str, str]) -> Iterator[ConsoleService]:
    service = console_at(urls)
    yield service
    service.dispose()


@pytest.fixture
def console(console_service: ConsoleService) -> ConsoleBrowser:
    """The console as somebody sees it who may do everything."""
    return ConsoleBrowser(console_service, ops_token("operator"))
