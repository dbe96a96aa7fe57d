"""The stand-in for AWS: moto's server with bills and a journal; loads only the needed parts of moto."""

from collections.abc import Callable
from pathlib import Path

from moto import backends
from moto.core.config import default_user_config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.organizations.models import organizations_backends

from local_stack.stand_ins.aws_account_names import let_accounts_be_renamed
from local_stack.stand_ins.aws_bills import BillsApplication
from local_stack.stand_ins.aws_journal import JournaledApplication
from local_stack.stand_ins.aws_permission_sets import keep_accounts_behind
from local_stack.stand_ins.serving import serve


class QuietMotoHandler(MotoRequestHandler):  # type: ignore[misc] # moto is left out of the types
    """Parses requests like moto's own server."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do not log requests."""


def create_aws_application(folder: Path, say: Callable[[str], None]) -> JournaledApplication:
    """Restore AWS as it was at the last stop. Only once in a process: moto keeps its state in globals."""
    _begin_as_aws_does()
    return JournaledApplication(BillsApplication(moto_application()), folder / "journal.jsonl", say)


def moto_application() -> DomainDispatcherApplication:
    """moto's server, with AWS's certificate ids: the hash of the DER form."""
    keep_accounts_behind()
    let_accounts_be_renamed()
    default_user_config["iot"] = {"use_valid_cert": True}
    # It lists its folders at each request: a fifth of its time.
    names = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: names
    return DomainDispatcherApplication(create_backend_app)


def serve_aws(host: str, port: int, folder: Path, say: Callable[[str], None]) -> None:
    """Serve AWS as it was at the last stop, until SIGTERM."""
    serve(create_aws_application(folder, say), host, port, QuietMotoHandler)


def _begin_as_aws_does() -> None:
    """Create the account's organization."""
    mock_random.seed("organization")
    organizations = organizations_backends[DEFAULT_ACCOUNT_ID]["aws"]
    organizations.create_organization(region="us-east-1", FeatureSet="ALL")
