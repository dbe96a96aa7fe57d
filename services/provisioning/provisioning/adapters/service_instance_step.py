"""The step of a product behind a service broker: one service instance, on a plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from chassis.failures import Failure, Kind, NotNow
from provisioning.adapters.http_failures import GONE, own_words
from provisioning.adapters.json_http import ApiAnswer, NoAnswer
from provisioning.adapters.retry_after import retry_after
from provisioning.adapters.service_broker import (
    Instance,
    ServiceBroker,
    is_concurrency_error,
    is_well_formed,
)
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, Difference, Observation, Standing
from provisioning.handlers.ports import NotYet, Outputs, RefusedNoting

_OK, _CREATED, _ACCEPTED, _GONE = 200, 201, 202, 410
_POLL = timedelta(seconds=10)
_AT_ONCE = timedelta(seconds=1)

# What is noted: which instance of this grant it is, its plan, what goes on there, and whether it is to be
# taken away because nobody knows what became of its making.
_NUMBER, _PLAN, _OPERATION, _IS_ORPHAN = "instance_number", "plan_id", "operation", "is_orphan"


class ServiceInstance:
    """Step: a service instance. Its id is made from the grant and a number, and never used for two instances.

    Where the making may have been done and was not answered, the instance is taken away before another one
    is made, as the specification's table of orphans says. ``frozen_plan_id`` is the plan that
    switches it off.
    """

    def __init__(self, name: str, broker: ServiceBroker, frozen_plan_id: str | None) -> None:
        self.name = name
        self._broker = broker
        self._frozen_plan_id = frozen_plan_id

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        self._await("observe", order, outputs)
        return self._look(order, outputs)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        known = {**outputs, **self._await("on", order, outputs)}
        if known.get(_IS_ORPHAN):
            self._take_orphan_away(order, known)
        seen = self._look(order, known)
        if seen.standing is Standing.ABSENT:
            if known.get(_PLAN):
                self._begin_anew(known, "the instance has vanished")
            return self._provision(order, known)
        if seen.standing is Standing.DIFFERS:
            return self._update(_wanted_plan(order), "on", order, {**known, **seen.facts})
        if seen.standing is not Standing.ON:
            raise NotNow(f"{self.name}_not_on", "It is still switched off.", kind=Kind.EVENTUAL_CONSISTENCY)
        return dict(seen.facts)

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """Also while it is being made, which the broker then has to stop."""
        known = {**outputs, **self._await("off", order, outputs)}
        answer = self._broker.deprovision(self._instance(order, known), order)
        if answer.status in (_OK, _GONE):
            facts = {_OPERATION: None, _IS_ORPHAN: None, _PLAN: None}
            return Observation(standing=Standing.ABSENT, facts=facts)
        self._raise_if_at_work("off", answer, order, known)
        raise self._unclear(answer, {})

    def freeze(self, order: GrantOrder, outputs: Outputs) -> Observation:
        ended = self._await("frozen", order, outputs)
        known = {**outputs, **ended}
        seen = self._look(order, known)
        if seen.standing in (Standing.OFF, Standing.ABSENT):
            return replace(seen, facts={**ended, **seen.facts})
        if self._frozen_plan_id is None:
            message = f"{self.name} has no plan that switches it off: switch it off there, or take it away."
            raise RefusedNoting(f"{self.name}_cannot_freeze", message, facts={})
        known |= seen.facts
        return self._look(order, {**known, **self._update(self._frozen_plan_id, "frozen", order, known)})

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        known = {**outputs, **self._await("on", order, outputs)}
        seen = None if known.get(_IS_ORPHAN) else self._look(order, known)
        if seen is None or seen.standing is not Standing.OFF:
            return None
        facts = self._update(_wanted_plan(order), "on", order, {**known, **seen.facts})
        return Observation(standing=Standing.ON, facts=facts)

    def _instance(self, order: GrantOrder, outputs: Outputs) -> Instance:
        instance_id = instance_id_of(order.grant_id, outputs.get(_NUMBER) or 0)
        return Instance(id=instance_id, plan_id=outputs.get(_PLAN) or _wanted_plan(order))

    def _look(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """By what the broker shows; where it shows nothing, by what was noted, if it still knows of it."""
        instance = self._instance(order, outputs)
        if not self._broker.is_retrievable:
            is_gone = not outputs.get(_PLAN) or self._broker.last_operation(instance, None).status in GONE
            return ABSENT if is_gone else self._seen(instance.plan_id, {}, order, instance)
        answer = self._broker.fetch(instance)
        if answer.status in GONE:
            return ABSENT
        if is_concurrency_error(answer):
            raise self._at_work(answer, {})
        body = answer.checked().body
        if not isinstance(body, Mapping):
            raise self._unclear(answer, {})
        return self._seen(str(body.get("plan_id") or instance.plan_id), body, order, instance)

    def _seen(
        self, plan_id: str, body: Mapping[str, Any], order: GrantOrder, instance: Instance
    ) -> Observation:
        facts = {_PLAN: plan_id, _OPERATION: None, "instance_id": instance.id, **_dashboard(body)}
        if plan_id == self._frozen_plan_id:
            return Observation(standing=Standing.OFF, facts=facts)
        if plan_id == _wanted_plan(order):
            return Observation(standing=Standing.ON, facts=facts)
        differences = (Difference("other_plan", {"plan_id": plan_id[:100]}),)
        return Observation(standing=Standing.DIFFERS, facts=facts, differences=differences)

    def _provision(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """https://github.com/openservicebrokerapi/servicebroker/blob/v2.17/spec.md#orphan-mitigation"""
        instance = self._instance(order, outputs)
        try:
            answer = self._broker.provision(instance, order)
        except NoAnswer as failure:
            facts = {_IS_ORPHAN: True} if failure.may_be_done else {}
            raise NotYet(failure.code, failure.message, kind=failure.kind, facts=facts) from failure
        if answer.status in (_OK, _CREATED) and is_well_formed(answer):
            return dict(self._seen(instance.plan_id, answer.body, order, instance).facts)
        self._raise_if_at_work("on", answer, order, outputs)
        is_rejected = 400 <= answer.status < 500 or answer.status == _OK
        raise self._unclear(answer, {} if is_rejected else {_IS_ORPHAN: True})

    def _update(self, plan_id: str, target: str, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        instance = self._instance(order, outputs)
        answer = self._broker.update(instance, plan_id, order)
        if answer.status == _OK:
            facts = {_PLAN: plan_id, _OPERATION: None, "instance_id": instance.id}
            return {**facts, **(_dashboard(answer.body) if is_well_formed(answer) else {})}
        self._raise_if_at_work(target, answer, order, outputs, to=plan_id)
        raise self._unclear(answer, {})

    def _raise_if_at_work(
        self, target: str, answer: ApiAnswer, order: GrantOrder, outputs: Outputs, to: str | None = None
    ) -> None:
        """Raises NotYet when the broker has begun, with what it is to be asked for."""
        if is_concurrency_error(answer):
            raise self._at_work(answer, {})
        if answer.status == _ACCEPTED and is_well_formed(answer):
            operation = {
                "for": target,
                "id": answer.body.get("operation"),
                "plan_id": self._instance(order, outputs).plan_id,
                "to": to or _wanted_plan(order),
                "is_update": to is not None,
            }
            raise self._at_work(answer, {_OPERATION: operation, **_dashboard(answer.body)})

    def _await(self, target: str, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Return what follows from the end of an operation that was noted. Raises NotYet before it.

        A failure is told where what it was for is still wanted; what it made half is an orphan in any case.
        Who leaves does not wait for what is made.
        """
        operation = outputs.get(_OPERATION)
        if not operation or (target == "off" and operation["for"] in ("on", "frozen")):
            return {}
        instance = Instance(id=self._instance(order, outputs).id, plan_id=operation["plan_id"])
        answer = self._broker.last_operation(instance, operation["id"])
        is_taken_away = operation["for"] in ("off", "orphan")
        if answer.status in GONE and (is_taken_away or answer.status != _GONE):
            return {_OPERATION: None}
        body = answer.body if isinstance(answer.body, Mapping) else {}
        if answer.status != _OK or body.get("state") not in ("in progress", "succeeded", "failed"):
            failure = answer.failure() if answer.status != _OK else None
            raise self._unclear(answer, {}) if failure is None else self._try_again(failure, {})
        if body["state"] == "in progress":
            raise self._at_work(answer, {})
        if body["state"] == "failed":
            is_orphan = operation["for"] == "on" and not operation["is_update"]
            facts = {_OPERATION: None, **({_IS_ORPHAN: True} if is_orphan else {})}
            if operation["for"] == target:
                self._fail(operation, body, facts)
            return facts
        return {_OPERATION: None, **({} if is_taken_away else {_PLAN: operation["to"]})}

    def _fail(self, operation: Mapping[str, Any], body: Mapping[str, Any], facts: Outputs) -> None:
        message = f"The broker of {self.name} could not do it: {own_words(body) or 'it does not say why'}."
        code = f"{self.name}_failed"
        if operation["is_update"] and body.get("update_repeatable") is False:
            raise RefusedNoting(code, message, facts=facts)
        raise NotYet(code, message, kind=Kind.REFUSED, facts=facts)

    def _take_orphan_away(self, order: GrantOrder, outputs: Outputs) -> None:
        """Always raises: what is made next has another id, and that is to be noted first."""
        answer = self._broker.deprovision(self._instance(order, outputs), None)
        self._raise_if_at_work("orphan", answer, order, outputs)
        if answer.status not in (_OK, _GONE):
            raise self._unclear(answer, {})
        self._begin_anew(outputs, "what may have been made is taken away again")

    def _begin_anew(self, outputs: Outputs, why: str) -> None:
        number = (outputs.get(_NUMBER) or 0) + 1
        facts = {_NUMBER: number, _PLAN: None, _IS_ORPHAN: None, _OPERATION: None}
        message = f"{self.name} is made anew: {why}."
        raise NotYet(f"{self.name}_made_anew", message, _AT_ONCE, facts=facts)

    def _at_work(self, answer: ApiAnswer, facts: Outputs) -> NotYet:
        words = own_words(answer.body)
        message = f"The broker of {self.name} is at work on it{f': {words}' if words else ''}."
        wait = retry_after(answer.headers.get("retry-after")) or _POLL
        return NotYet(f"{self.name}_under_way", message, wait, facts=facts)

    def _unclear(self, answer: ApiAnswer, facts: Outputs) -> Failure:
        """What a status says that is none of those that were dealt with."""
        if answer.is_success:
            message = f"The broker of {self.name} answered {answer.status} in a form that nobody can read."
            return NotYet(f"{self.name}_malformed", message, kind=Kind.UNAVAILABLE, facts=facts)
        failure = answer.failure()
        if isinstance(answer.body, Mapping) and answer.body.get("update_repeatable") is False:
            return RefusedNoting(failure.code, failure.message, facts=facts)
        return self._try_again(failure, facts) if isinstance(failure, NotNow) else failure

    def _try_again(self, failure: Failure, facts: Outputs) -> NotYet:
        wait = failure.retry_after if isinstance(failure, NotNow) else None
        kind = failure.kind if isinstance(failure, NotNow) else Kind.UNAVAILABLE
        return NotYet(failure.code, failure.message, wait, kind=kind, facts=facts)


def instance_id_of(grant_id: UUID, number: int) -> str:
    return str(uuid5(grant_id, f"instance {number}"))


def _wanted_plan(order: GrantOrder) -> str:
    return str(order.parameters["plan_id"])


def _dashboard(body: Mapping[str, Any]) -> dict[str, Any]:
    """An address that is not told again stays what it was."""
    url = body.get("dashboard_url")
    return {"dashboard_url": url[:2048]} if isinstance(url, str) and url else {}
