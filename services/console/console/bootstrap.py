"""Where the console is put together: settings in, a service with its adapters out."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from chassis.http.access import Access, read_access
from chassis.service import WebService
from console.adapters.sealed_sessions import SealedSessions
from console.adapters.sign_in_provider import SignInProvider
from console.settings import ConsoleSettings, read_settings
from operator_client.http import new_connections

WORDS = Path(__file__).parent / "words"
# How many questions one page asks side by side at most: one about each partner that was chosen.
MOST_ASKED = 50


class ConsoleService(WebService):
    """The console, ready to serve. Connections and threads begin with the first request."""

    settings: ConsoleSettings
    sessions: SealedSessions
    provider: SignInProvider
    connections: httpx.Client
    # Who may call what of each service: it decides what is offered, and the services what is done.
    access: Mapping[str, Mapping[str, Access]]
    asking: ThreadPoolExecutor

    def dispose(self) -> None:
        self.connections.close()
        self.asking.shutdown(wait=False)


def build_service(environ: Mapping[str, str] = os.environ) -> ConsoleService:
    """Wire everything; opens no connection. Raises SettingsRefused."""
    settings = read_settings(environ)
    sessions = SealedSessions(
        settings.session_seal,
        public_url=settings.public_url,
        longest_hours=settings.session_hours,
    )
    return ConsoleService(
        name="console",
        settings=settings,
        sessions=sessions,
        provider=SignInProvider(
            issuer_url=settings.issuer.url,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            scopes=settings.oidc_scopes,
            public_url=settings.public_url,
        ),
        connections=new_connections(),
        # No service that hangs may keep another page from asking. Threads begin when they are needed.
        asking=ThreadPoolExecutor(settings.web_threads * MOST_ASKED, thread_name_prefix="asking"),
        access={one: read_access(settings.contracts_folder, one) for one in settings.services},
    )
