"""boto3 clients: every call has a deadline, a read is repeated, a write is sent once.

botocore repeats a call after a read timeout, also one that made something. So writes go through
clients that never repeat; whether a write arrived is found out by looking, in the next attempt.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.model import OperationModel

from chassis import failpoints
from chassis.failures import Kind, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.aws.shared_things import SharedThings
from provisioning.adapters.aws.visited_accounts import visiting, visitors_session
from provisioning.adapters.outside_settings import OutsideSettings

if TYPE_CHECKING:
    from types_boto3_athena import AthenaClient
    from types_boto3_budgets import BudgetsClient
    from types_boto3_glue import GlueClient
    from types_boto3_iam import IAMClient
    from types_boto3_identitystore import IdentityStoreClient
    from types_boto3_iot import IoTClient
    from types_boto3_lakeformation import LakeFormationClient
    from types_boto3_organizations import OrganizationsClient
    from types_boto3_quicksight import QuickSightClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sso_admin import SSOAdminClient
    from types_boto3_sts import STSClient

_READ_ATTEMPTS_MOST = 3
_SESSION_SECONDS = 900
_NO_CONTENT, _NO_SUCCESS = 204, 300
_ERROR_AS_JSON = re.compile(rb'\{\s*"__type"\s*:\s*"[^"]*(Exception|Error|Fault)"')
# botocore puts its own together from thirty parts, twice for each call: a tenth of what a call costs.
_USER_AGENT = f"gangway-provisioning Boto3/{boto3.__version__}"


@dataclass(frozen=True)
class Caller:
    """Whose credentials we use, and where."""

    account_id: str
    partition: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"


class ServiceClients:
    """One client for each service, made at first use; clients may be shared by threads, sessions not."""

    athena: AthenaClient
    budgets: BudgetsClient
    glue: GlueClient
    identitystore: IdentityStoreClient
    iot: IoTClient
    lakeformation: LakeFormationClient
    organizations: OrganizationsClient
    quicksight: QuickSightClient
    s3: S3Client
    secretsmanager: SecretsManagerClient
    sso_admin: SSOAdminClient
    sts: STSClient

    def __init__(
        self,
        session: boto3.Session,
        lock: threading.Lock,
        endpoint_url: str | None,
        config: Config,
        quicksight_region: str,
    ) -> None:
        self._quicksight_region = quicksight_region
        self._session = session
        self._lock = lock
        self._endpoint_url = endpoint_url
        self._config = config

    def new(self, service: str, **options: str | None) -> Any:
        with self._lock:
            client = self._session.client(
                service,  # type: ignore[call-overload]
                endpoint_url=self._endpoint_url,
                config=self._config,
                **options,
            )
        client.meta.events.register("before-parse", _refuse_what_is_no_answer)
        client.meta.events.register("after-call", _answered)
        return client

    def __getattr__(self, name: str) -> Any:
        """Make the client at its first use; of two threads that do it at once, the first one's stays."""
        if name not in ServiceClients.__annotations__:
            raise AttributeError(name)
        options = {"region_name": self._quicksight_region} if name == "quicksight" else {}
        return vars(self).setdefault(name, self.new(name.replace("_", "-"), **options))


class AwsClients:
    """The way to AWS: ``read`` repeats a failed call quickly, ``write`` sends each call once.

    ``visitors`` is for calls inside member accounts.
    """

    def __init__(
        self,
        settings: OutsideSettings,
        session: boto3.Session | None = None,
        visitors: boto3.Session | None = None,
    ) -> None:
        self.shared = SharedThings()
        self._member_role = settings.member_account_role
        session = session or boto3.Session(region_name=settings.aws_region)
        self._endpoint_url = settings.aws_endpoint_url or None
        self._reading = _config(settings, _READ_ATTEMPTS_MOST)
        lock = threading.Lock()
        self.read, self.write = (
            ServiceClients(session, lock, self._endpoint_url, config, settings.quicksight_region)
            for config in (self._reading, _config(settings, 1))
        )
        visitors = visitors or visitors_session(settings.aws_region)
        self._in_members = ServiceClients(visitors, lock, self._endpoint_url, _config(settings, 1), "")

    @cached_property
    def caller(self) -> Caller:
        sts = self.read.sts
        identity = sts.get_caller_identity()
        partition = identity["Arn"].split(":")[1]
        return Caller(identity["Account"], partition, sts.meta.region_name)

    @contextmanager
    def member_iam(self, account_id: str) -> Iterator[IAMClient]:
        """Yield IAM of a member account, for this block alone.

        Raises NotNow while its role cannot be assumed.
        """
        with visiting(self.member_credentials(account_id)):
            yield self._iam_of_members

    @cached_property
    def _iam_of_members(self) -> IAMClient:
        client: IAMClient = self._in_members.new("iam")
        return client

    def member(self, account_id: str) -> Callable[[str, str], Any]:
        """Return what makes a client in a member account, of a service in a region.

        For reads, and for writes that do no harm when repeated.
        """
        keys = self.member_keys(account_id)
        return lambda service, region: self.read.new(service, region_name=region, **keys)

    def member_keys(self, account_id: str, seconds: int = _SESSION_SECONDS) -> dict[str, Any]:
        """Return keys to a member account, as boto3 names them. Raises NotNow like `member_credentials`."""
        given = self.member_credentials(account_id, seconds)
        return {
            "aws_access_key_id": given.access_key,
            "aws_secret_access_key": given.secret_key,
            "aws_session_token": given.token,
        }

    def member_credentials(self, account_id: str, seconds: int = _SESSION_SECONDS) -> ReadOnlyCredentials:
        """Return what a session of the role that Organizations made in the account signs with.

        Raises NotNow while the role cannot be assumed: for a new account that takes a while.
        """
        role_arn = f"arn:{self.caller.partition}:iam::{account_id}:role/{self._member_role}"
        try:
            given = self.read.sts.assume_role(
                RoleArn=role_arn, RoleSessionName="gangway", DurationSeconds=seconds
            )["Credentials"]
        except ClientError as error:
            if error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}:
                message = redacted_cause(f"The account {account_id} does not let us in yet: {error}")
                raise NotNow("account_not_ready", message, kind=Kind.DENIED) from error
            raise
        return ReadOnlyCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def reading_with(self, session: boto3.Session) -> ServiceClients:
        """Return clients for reads that sign with what another session has."""
        return ServiceClients(session, threading.Lock(), self._endpoint_url, self._reading, "")


def _refuse_what_is_no_answer(
    operation_model: OperationModel, response_dict: dict[str, Any], **_: object
) -> None:
    """Refuse a page of somebody in between, and a success that is no JSON, or an error, where JSON is spoken.

    botocore reads them as an empty success, a listing without entries, or as an error that no retry helps.
    """
    body = response_dict["body"]
    text = body.lstrip() if isinstance(body, bytes) else b""
    begins = text[:9].lower()
    is_page = begins.startswith((b"<html", b"<!doctype"))
    is_json = "json" in str(operation_model.service_model.resolved_protocol)
    is_answer = begins[:1] in {b"", b"{"} and not _ERROR_AS_JSON.match(text)
    is_odd = is_json and response_dict["status_code"] < _NO_SUCCESS and not is_answer
    if is_page or is_odd:
        raise ConnectionClosedError(endpoint_url="AWS")


def _answered(http_response: AWSResponse, **_: object) -> None:
    """Refuse an answer that was cut off.

    http.client takes the end of a connection for the end of the headers, and botocore reads a body that
    is missing or no JSON as an empty success: a listing without entries, as if nothing had been made yet.
    """
    failpoints.reach("outside.after_call")
    headers = http_response.headers
    has_other_length = "Transfer-Encoding" in headers or "Content-Encoding" in headers
    if http_response.status_code == _NO_CONTENT or has_other_length:
        return
    if headers.get("Content-Length") != str(len(http_response.content)):
        raise ConnectionClosedError(endpoint_url=http_response.url)


def _config(settings: OutsideSettings, attempts_most: int) -> Config:
    return Config(
        connect_timeout=settings.aws_connect_timeout_seconds,
        read_timeout=settings.aws_read_timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts_most},
        user_agent=_USER_AGENT,
    )
