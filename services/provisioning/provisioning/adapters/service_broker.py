"""A broker of services, by Open Service Broker API 2.17.

https://github.com/openservicebrokerapi/servicebroker/blob/v2.17/spec.md
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from chassis.failures import NeverPossible
from chassis.frozen import Frozen
from provisioning.adapters.http_failures import GONE
from provisioning.adapters.json_http import ApiAnswer, JsonHttp
from provisioning.domain.orders import GrantOrder

_PLATFORM = "gangway"
_VERSION = "2.17"
_UNPROCESSABLE = 422
_LONGEST_OPERATION = 10_000
_ASYNC = {"accepts_incomplete": "true"}


class Instance(Frozen):
    """One service instance as a request names it; ``plan_id`` is the plan that it has at the time."""

    id: str
    plan_id: str


class ServiceBroker:
    """One service of a broker. Sends each request once; what the answer means is told by the caller."""

    def __init__(self, system: str, api: JsonHttp, service_id: str) -> None:
        self._system = system
        self._api = api
        self._service_id = service_id
        self._is_retrievable: bool | None = None

    def provision(self, instance: Instance, order: GrantOrder) -> ApiAnswer:
        body = {
            **self._plan_of(instance.plan_id, order),
            # Deprecated, and still asked for.
            "organization_guid": str(order.partner_id),
            "space_guid": str(order.grant_id),
            "parameters": order.parameters["parameters"],
        }
        return self._ask("PUT", _path(instance, _ASYNC), body, order)

    def update(self, instance: Instance, plan_id: str, order: GrantOrder) -> ApiAnswer:
        """The plan before is told where the broker showed it: what was noted may be older."""
        body = self._plan_of(plan_id, order)
        if self.is_retrievable:
            body["previous_values"] = {"plan_id": instance.plan_id}
        return self._ask("PATCH", _path(instance, _ASYNC), body, order)

    def deprovision(self, instance: Instance, order: GrantOrder | None) -> ApiAnswer:
        """Without an order nobody asked for it: an orphan is taken away."""
        return self._ask("DELETE", _path(instance, {**self._named(instance), **_ASYNC}), None, order)

    def last_operation(self, instance: Instance, operation: str | None) -> ApiAnswer:
        query = {**self._named(instance), **({"operation": operation} if operation else {})}
        return self._ask("GET", _path(instance, query, "/last_operation"))

    def fetch(self, instance: Instance) -> ApiAnswer:
        return self._ask("GET", _path(instance, self._named(instance)))

    def shows(self, instance: Instance) -> bool:
        """Whether it knows of the instance. Raises NotNow and NeverPossible for what no answer tells."""
        ask = self.fetch(instance) if self.is_retrievable else self.last_operation(instance, None)
        return ask.status not in GONE and (is_concurrency_error(ask) or ask.checked().is_success)

    def take_away(self, instance: Instance) -> None:
        """Have an orphan go; the broker may go on with that. Raises NotNow and NeverPossible."""
        answer = self.deprovision(instance, None)
        if answer.status not in GONE and not is_concurrency_error(answer):
            answer.checked()

    @property
    def is_retrievable(self) -> bool:
        """Whether the broker shows what stands; asked once. Raises NeverPossible for an unknown service."""
        if self._is_retrievable is None:
            answer = self._ask("GET", "/v2/catalog").checked()
            services = answer.body.get("services", []) if isinstance(answer.body, Mapping) else []
            ours = [one for one in services if one.get("id") == self._service_id]
            if not ours:
                message = f"The broker of {self._system} has no service {self._service_id}."
                raise NeverPossible(f"{self._system}_no_service", message)
            self._is_retrievable = ours[0].get("instances_retrievable") is True
        return self._is_retrievable

    def _plan_of(self, plan_id: str, order: GrantOrder) -> dict[str, Any]:
        context = {
            "platform": _PLATFORM,
            "partner_id": str(order.partner_id),
            "grant_id": str(order.grant_id),
            "instance_name": order.slug,
        }
        return {"service_id": self._service_id, "plan_id": plan_id, "context": context}

    def _named(self, instance: Instance) -> dict[str, str]:
        return {"service_id": self._service_id, "plan_id": instance.plan_id}

    def _ask(self, method: str, path: str, body: Any = None, order: GrantOrder | None = None) -> ApiAnswer:
        headers = {"X-Broker-API-Version": _VERSION, "X-Broker-API-Request-Identity": str(uuid4())}
        if order is not None:
            headers["X-Broker-API-Originating-Identity"] = _identity(order)
        return self._api.ask(method, path, body, headers)


def is_concurrency_error(answer: ApiAnswer) -> bool:
    """Whether the broker only wants to be left alone with what it is at work on."""
    is_named = isinstance(answer.body, Mapping) and answer.body.get("error") == "ConcurrencyError"
    return answer.status == _UNPROCESSABLE and is_named


def is_well_formed(answer: ApiAnswer) -> bool:
    """Whether an answer to a change is what the specification says."""
    if not isinstance(answer.body, Mapping):
        return False
    told = [answer.body.get(name) for name in ("operation", "dashboard_url")]
    return all(one is None or (isinstance(one, str) and len(one) <= _LONGEST_OPERATION) for one in told)


def _path(instance: Instance, query: Mapping[str, str], below: str = "") -> str:
    place = f"/v2/service_instances/{quote(instance.id, safe='')}{below}"
    return f"{place}?{urlencode(query, quote_via=quote)}"


def _identity(order: GrantOrder) -> str:
    """Who asked for it: the partner, as platform and Base64 of JSON."""
    told = json.dumps({"user_id": str(order.partner_id)}).encode()
    return f"{_PLATFORM} {b64encode(told).decode()}"
