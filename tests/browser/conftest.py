"""The pages served on a real database, and a Chromium that looks at them; without one each test says so."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.onboarding.api_client import ApiClient
from tests.served import served

from chassis.database.migrations import migrate
from chassis.identity.links import LinkSigner
from chassis.identity.signing_keys import new_key_pair, read_private_key
from local_stack.machine.ports import find_free_port
from local_stack.postgres import LocalPostgres
from local_stack.processes.environments import LOCAL_LIMITS, SITE_LINKS
from onboarding.bootstrap import build_service
from onboarding.entrypoints.web.link_tokens import DRAFTS, LINKS

SESSION, LINK, OPS = new_key_pair(), new_key_pair(), new_key_pair()
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Site:
    """Where the pages are, and the API behind them."""

    url: str
    api: ApiClient


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A Chromium of this machine."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no chromium here")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(postgres: LocalPostgres) -> Iterator[Site]:
    """Onboarding's web process, without its worker."""
    port, name = find_free_port(), f"browser_{uuid4().hex[:12]}"
    service = build_service(
        {
            "DATABASE_URL": postgres.ensure_database(name, owner="tests", password="tests"),
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
            # By name: browsers bind passkeys to no address of a machine.
            "PUBLIC_URL": f"http://localhost:{port}",
            "PROVISIONING_PUBLIC_URL": "https://access.gangway.example",
            "SESSION_PRIVATE_KEY": SESSION[0],
            "SESSION_PUBLIC_KEY": SESSION[1],
            "LINK_PUBLIC_KEY": LINK[1],
            "OPS_TOKEN_PUBLIC_KEY": OPS[1],
            "SUPPORT_CONTACT": "partners@gangway.example",
            # All tests are one visitor here, whom the shipped limits soon refuse.
            "LIMITS_FILE": str(LOCAL_LIMITS),
            "SITE_LINKS_FILE": str(SITE_LINKS),
        }
    )
    migrate(service.settings.database_url, service.migrations)
    app, signer = service.create_web_app(), LinkSigner(read_private_key(LINK[0]))
    api = ApiClient(
        service,
        app.test_client(),
        read_private_key(OPS[0]),
        lambda link: signer.sign(LINKS if "purpose" in link else DRAFTS, UUID(link["id"])),
    )
    with served(app, port):
        yield Site(f"http://localhost:{port}", api)
    service.database.dispose()
    postgres.drop_database(name)


OpenPage = Callable[..., Any]


@pytest.fixture
def open_page(chromium: Any, site: Site) -> Iterator[OpenPage]:
    """A page of a fresh browser profile, of a phone's size unless told otherwise."""
    contexts = []

    def page(path: str, *, session: str | None = None, language: str = "en", **options: Any) -> Any:
        options.setdefault("viewport", PHONE)
        context = chromium.new_context(locale=language, base_url=site.url, **options)
        contexts.append(context)
        if session:
            context.add_cookies([{"name": "gangway_session", "value": session, "url": site.url}])
        opened = context.new_page()
        opened.goto(path)
        return opened

    yield page
    for context in contexts:
        context.close()
