"""A broker of databases on `openbrokerapi`, which speaks the protocol: ours only keeps the instances."""

import logging
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from openbrokerapi.api import BrokerCredentials, get_blueprint
from openbrokerapi.catalog import ServicePlan
from openbrokerapi.errors import (
    ErrConcurrentInstanceAccess,
    ErrInstanceAlreadyExists,
    ErrInstanceDoesNotExist,
)
from openbrokerapi.service_broker import (
    DeprovisionServiceSpec,
    GetInstanceDetailsSpec,
    LastOperation,
    OperationState,
    ProvisionedServiceSpec,
    ProvisionState,
    Service,
    ServiceBroker,
    UpdateServiceSpec,
)

USER, PASSWORD = "gangway", "broker-canary-password"
SERVICE, SMALL, LARGE, STOPPED = "postgres-service", "small-plan", "large-plan", "stopped-plan"
_log = logging.getLogger("broker")
_log.disabled = True


@dataclass
class Operation:
    """One that goes on: after two requests it gives the instance this plan, or takes it away."""

    id: str
    instance_id: str
    plan_id: str | None
    age: int = 0
    is_failed: bool = False


@dataclass
class DatabaseBroker(ServiceBroker):
    """``instances`` are those that cost something, by id; ``ids_used`` every id that was ever asked for.

    ``failures`` make the next operations fail. ``answers`` are given instead once each, after the work where
    they say so; ``calls`` are the requests with their originating identity.
    """

    is_async: bool = False
    is_retrievable: bool = True
    instances: dict[str, dict[str, Any]] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    answers: list[tuple[str, Response, bool]] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    ids_used: list[str] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask(__name__)
        app.register_blueprint(get_blueprint(self, BrokerCredentials(USER, PASSWORD), _log))
        app.before_request(self._before)
        app.after_request(self._after)
        return app

    def plans(self) -> list[str]:
        return [one["plan_id"] for one in self.instances.values()]

    def _before(self) -> Response | None:
        for operation in self.operations.values():
            operation.age += 1
            if operation.age == 2 and not operation.is_failed:
                self._end(operation.instance_id, operation.plan_id)
        return self._due_answer(after_the_work=False)

    def _after(self, response: Response) -> Response:
        told = getattr(request, "originating_identity", None)
        self.calls.append((f"{request.method} {request.path} {request.query_string.decode()}", told))
        return self._due_answer(after_the_work=True) or response

    def _due_answer(self, *, after_the_work: bool) -> Response | None:
        for place, (method, answer, is_after) in enumerate(self.answers):
            if (method, is_after) == (request.method, after_the_work):
                del self.answers[place]
                return answer
        return None

    def catalog(self) -> Service:
        return Service(
            id=SERVICE,
            name="postgres",
            description="Databases",
            bindable=False,
            plans=[ServicePlan(id=one, name=one, description=one) for one in (SMALL, LARGE, STOPPED)],
            plan_updateable=True,
            instances_retrievable=self.is_retrievable,
        )

    def provision(
        self, instance_id: str, details: Any, async_allowed: bool, **_: Any
    ) -> ProvisionedServiceSpec:
        wanted = {name: getattr(details, name) for name in ("service_id", "plan_id", "parameters")}
        url = f"https://databases.example/{instance_id}"
        if known := self.instances.get(instance_id):
            if any(known[name] != value for name, value in wanted.items()):
                raise ErrInstanceAlreadyExists
            going_on = self._going_on(instance_id)
            if going_on:
                return ProvisionedServiceSpec(ProvisionState.IS_ASYNC, url, going_on.id)
            return ProvisionedServiceSpec(ProvisionState.IDENTICAL_ALREADY_EXISTS, url)
        assert instance_id not in self.ids_used, "an id is used for one instance only"
        self.ids_used.append(instance_id)
        self.instances[instance_id] = {**wanted, "is_usable": not self.is_async}
        if self.is_async:
            return ProvisionedServiceSpec(
                ProvisionState.IS_ASYNC, url, self._begin(instance_id, details.plan_id)
            )
        return ProvisionedServiceSpec(ProvisionState.SUCCESSFUL_CREATED, url)

    def update(self, instance_id: str, details: Any, async_allowed: bool, **_: Any) -> UpdateServiceSpec:
        if self._going_on(instance_id):
            raise ErrConcurrentInstanceAccess
        if details.previous_values:
            assert self.instances[instance_id]["plan_id"] == details.previous_values.plan_id
        if self.is_async:
            return UpdateServiceSpec(True, self._begin(instance_id, details.plan_id))
        self.instances[instance_id]["plan_id"] = details.plan_id
        return UpdateServiceSpec(False)

    def deprovision(
        self, instance_id: str, details: Any, async_allowed: bool, **_: Any
    ) -> DeprovisionServiceSpec:
        if instance_id not in self.instances:
            raise ErrInstanceDoesNotExist
        if self.is_async:
            for other in self.operations.values():
                if other.instance_id == instance_id:
                    other.is_failed = True
            return DeprovisionServiceSpec(True, self._begin(instance_id, None))
        del self.instances[instance_id]
        return DeprovisionServiceSpec(False)

    def get_instance(self, instance_id: str, **_: Any) -> GetInstanceDetailsSpec:
        assert self.is_retrievable, "nobody asks who does not offer it"
        found = self.instances.get(instance_id)
        if found is None or not found["is_usable"]:
            raise ErrInstanceDoesNotExist
        if self._going_on(instance_id):
            raise ErrConcurrentInstanceAccess
        return GetInstanceDetailsSpec(found["service_id"], found["plan_id"])

    def last_operation(
        self, instance_id: str, operation_data: str | None, service_id: Any, plan_id: Any, **_: Any
    ) -> LastOperation:
        assert service_id == SERVICE
        operation = self.operations.get(operation_data or "")
        if operation is None:
            if instance_id not in self.instances:
                raise ErrInstanceDoesNotExist
            return LastOperation(OperationState.SUCCEEDED)
        assert operation.instance_id == instance_id
        if operation.is_failed:
            return LastOperation(OperationState.FAILED, "The disks are full")
        if operation.age < 2:
            return LastOperation(OperationState.IN_PROGRESS, "10 % done")
        if operation.plan_id is None:
            raise ErrInstanceDoesNotExist
        return LastOperation(OperationState.SUCCEEDED)

    def _begin(self, instance_id: str, plan_id: str | None) -> str:
        name = f"task {len(self.operations) + 1}/ä"
        failed = bool(self.failures and self.failures.pop())
        self.operations[name] = Operation(name, instance_id, plan_id, is_failed=failed)
        return name

    def _end(self, instance_id: str, plan_id: str | None) -> None:
        if plan_id is None:
            self.instances.pop(instance_id, None)
        elif instance_id in self.instances:
            self.instances[instance_id] |= {"plan_id": plan_id, "is_usable": True}

    def _going_on(self, instance_id: str) -> Operation | None:
        going_on = (one for one in self.operations.values() if one.age < 2 and not one.is_failed)
        return next((one for one in going_on if one.instance_id == instance_id), None)
