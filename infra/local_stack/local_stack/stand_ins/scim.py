"""The stand-in for the CRM's directory: scim2-server with durable storage and one bearer token."""

from pathlib import Path

from scim2_models import ScimProvider
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

from local_stack.stand_ins.scim_storage import DurableStorage
from local_stack.stand_ins.serving import serve


def create_scim_application(folder: Path, token: str) -> BearerTokenApplication:
    """Build the server over the users and groups kept in `folder`."""
    config = load_default_service_provider_config()
    config.authentication_schemes = [*(config.authentication_schemes or []), BEARER_TOKEN_SCHEME]
    provider = ScimProvider.from_discovery(
        load_default_schemas().values(), load_default_resource_types().values(), config=config
    )
    storage = DurableStorage(folder / "directory.sqlite3", provider)
    return BearerTokenApplication(storage, provider, bearer_tokens=[token])


def serve_scim(host: str, port: int, folder: Path, token: str) -> None:
    """Serve the directory as it was at the last stop, under /v2, until SIGTERM."""
    serve(create_scim_application(folder, token), host, port)
