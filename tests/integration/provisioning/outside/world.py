"""The outside as a test sees it: what was asked of it, where an answer gets lost, what stands in it."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import boto3
import httpx
from botocore.exceptions import ReadTimeoutError
from tests.integration.provisioning.outside.inventory import Inventory

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.key_secrets import KeySecrets
from provisioning.adapters.aws.visited_accounts import visitors_session
from provisioning.adapters.outside import Outside
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.handlers.ports import Step

_READS = ("Describe", "List", "Get", "AssumeRole")


class World:
    """AWS and the CRM behind the adapters under test.

    ``calls`` are the operations asked for, ``writes`` how many of them changed something (or tried
    to). The answer to the write number ``lost_answer`` gets lost: the work is done, and a timeout
    is raised. ``rewrite`` may change an answer of AWS before the adapter sees it. ``crm_trouble`` is the
    status that the CRM answers with instead, 0 for an answer that gets lost.
    """

    def __init__(self, settings: OutsideSettings) -> None:
        self._settings = settings
        self.inventory = Inventory(settings)
        self.aws = AwsClients(
            settings,
            self._heard(boto3.Session(region_name=settings.aws_region)),
            self._heard(visitors_session(settings.aws_region)),
        )
        self.key_vault = KeySecrets(self.aws)
        self._crm_connection = self._crm_at(settings.scim_url)
        self.rewrite: dict[str, Callable[[dict[str, Any]], object]] = {}
        self.crm_trouble: Callable[[], int | None] = lambda: None
        self.forget()

    def empty(self) -> None:
        """Begin anew: an organization without members, a CRM without users, nothing counted."""
        endpoint = self._settings.aws_endpoint_url
        httpx.post(f"{endpoint}/moto-api/reset").raise_for_status()
        scim_url = f"{self._settings.scim_url}/{uuid4().hex}/v2"
        self.settings = dataclasses.replace(self._settings, scim_url=scim_url)
        self.inventory.crm_url = scim_url
        self.inventory.aws("organizations").create_organization(FeatureSet="ALL")
        self._crm_connection.close()
        self._crm_connection = self._crm_at(scim_url)
        self.crm = ScimDirectory(self._crm_connection)
        vars(self.aws).pop("caller", None)  # as a new process: it has not asked yet
        self.aws.shared.forget()
        self.steps: Mapping[str, Step] = Outside(self.settings, self.aws, self.crm).steps()
        self.rewrite.clear()
        self.crm_trouble = lambda: None
        self.forget()

    def forget(self) -> None:
        self.calls: list[str] = []
        self.writes = 0
        self.lost_answer: int | None = None

    def _crm_at(self, url: str) -> ScimConnection:
        return ScimConnection(url, self._settings.scim_token, 10, transport=_Listening(self))

    def close(self) -> None:
        self._crm_connection.close()
        self.inventory.close()

    def note(self, call: str, is_write: bool) -> bool:
        """Count a call that was answered; return whether its answer gets lost."""
        self.calls.append(call)
        if is_write:
            self.writes += 1
        return is_write and self.writes == self.lost_answer

    def _heard(self, session: boto3.Session) -> boto3.Session:
        session.events.register("after-call", self._answered)
        return session

    def _answered(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        call = f"{model.service_model.service_name}:{model.name}"
        if self.note(call, is_write=not model.name.startswith(_READS)):
            raise ReadTimeoutError(endpoint_url="https://aws.example")
        if call in self.rewrite:
            self.rewrite[call](parsed)


class _Listening(httpx.HTTPTransport):
    """Sends a request to the CRM, and loses the answer when its turn has come."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        trouble = self._world.crm_trouble()
        if trouble:
            return httpx.Response(trouble, headers={"Retry-After": "1"}, request=request)
        response = super().handle_request(request)
        is_lost = self._world.note(f"scim:{request.method}", is_write=request.method != "GET")
        if is_lost or trouble == 0:
            response.close()
            raise httpx.ReadTimeout("lost", request=request)
        return response
