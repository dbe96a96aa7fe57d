"""The step of a product behind any HTTP API: one resource, as the catalogue file describes it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn
from uuid import uuid5

import jmespath

from chassis.failures import Failure, Kind, NotNow
from provisioning.adapters.http_failures import CONFLICT, GONE, own_words
from provisioning.adapters.json_http import ApiAnswer, JsonHttp
from provisioning.adapters.request_templates import filled_address, filled_body, named_in_path
from provisioning.adapters.retry_after import retry_after
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import Observation, Standing, differs
from provisioning.handlers.ports import NotYet, Outputs, RefusedNoting

_ACCEPTED = 202
_SEE_OTHER = 303
_LONGEST_FACT = 2048
NOTED = _RESOURCE, _TASK = "resource_id", "task"
# The purpose of a change: if something else is wanted by now, its failure does not matter.
_TARGETS = {"create": "on", "unfreeze": "on", "freeze": "frozen", "delete": "off"}


class HttpResource:
    """Step: one resource behind an API. It looks before it creates: by recorded id, or by ``find``.

    ``said`` are the settings checked by `provisioning.adapters.products.http_resource`. A task that continues
    outside is recorded by its address, and awaited before anything else is requested.
    """

    def __init__(self, name: str, api: JsonHttp, said: Mapping[str, Any]) -> None:
        self.name = name
        self._api = api
        self._said = said

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        self._await_task("observe", outputs)
        return self._seen(*self._look(order, outputs))

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Create it unless it exists. The idempotency key changes when a resource has disappeared."""
        made_by_task = self._await_task("create", outputs)
        known = {**outputs, **({_RESOURCE: made_by_task} if made_by_task else {})}
        resource_id, answer = self._look(order, known)
        if answer is None:
            resource_id = self._create(order, outputs)
            resource_id, answer = self._look(order, {_RESOURCE: resource_id})
        seen = self._seen(resource_id, answer)
        if seen.standing is not Standing.ON:
            codes = [difference.facts.get("state", "") for difference in seen.differences]
            message = f"{self.name} was asked for it, but it is {' '.join([seen.standing, *codes])}."
            facts = {**seen.facts, _RESOURCE: resource_id}
            raise NotYet(f"{self.name}_not_on", message, kind=Kind.EVENTUAL_CONSISTENCY, facts=facts)
        return dict(seen.facts)

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation:
        return self._change("delete", order, outputs, reached=Standing.ABSENT)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> Observation:
        return self._change("freeze", order, outputs, reached=Standing.OFF)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        if self._said["unfreeze"] is None:
            return None
        return self._change("unfreeze", order, outputs, reached=Standing.ON)

    def _change(self, what: str, order: GrantOrder, outputs: Outputs, reached: Standing) -> Observation:
        """Request the change unless it is done already; a deletion does not wait for a creation to end."""
        unfinished = self._unfinished_task(what, outputs)
        is_for_it = unfinished is not None and outputs[_TASK]["for"] == _TARGETS[what]
        resource_id, found = self._look(order, outputs)
        if unfinished is not None and found is None and not is_for_it:
            raise unfinished
        if found is None or (what != "delete" and self._seen(resource_id, found).standing is reached):
            return self._seen(resource_id, found)
        if unfinished is not None and is_for_it:
            raise unfinished
        said = self._said[what]
        if said is None:
            message = f"{self.name} has no way to be switched off: take it away, or switch it off there."
            raise RefusedNoting(f"{self.name}_cannot_{what}", message, facts={_RESOURCE: resource_id})
        answer = self._ask(said, order, resource_id)
        if answer.status not in (*GONE, CONFLICT):
            if unfinished is not None and not answer.is_success:
                raise unfinished from answer.failure()
            self._begin_task(what, answer.checked(), {_RESOURCE: resource_id})
        after = self._seen(*self._look(order, {**outputs, _RESOURCE: resource_id}))
        if answer.status == CONFLICT and after.standing not in (reached, Standing.ABSENT):
            raise answer.failure()
        return after

    def _create(self, order: GrantOrder, outputs: Outputs) -> str:
        """Return its id. Raises NotYet while it is being created, NotNow if it cannot be found."""
        key = uuid5(order.grant_id, str(outputs.get(_RESOURCE) or ""))
        answer = self._ask(self._said["create"], order, None, {"Idempotency-Key": str(key)})
        if answer.status == CONFLICT:
            found = self._find(order)
            if found is None:
                raise answer.failure()
            return found
        resource_id = text_at(self._said["create"]["id"], answer.checked().body)
        self._begin_task("create", answer, {_RESOURCE: resource_id})
        if resource_id is None:
            resource_id = self._find(order)
        if resource_id is None:
            message = f"{self.name} answered {answer.status} and told no id, and nothing can be found."
            raise NotNow(f"{self.name}_no_id", message, kind=Kind.EVENTUAL_CONSISTENCY)
        return resource_id

    def _look(self, order: GrantOrder, outputs: Outputs) -> tuple[str | None, ApiAnswer | None]:
        """Return what exists, by recorded id or by what the API finds for the grant."""
        noted = outputs.get(_RESOURCE)
        for resource_id in (noted, None):
            found = resource_id or self._find(order)
            if found is None or (resource_id is None and found == noted):
                continue
            if answer := self.shown(order, found):
                return found, answer
        return noted, None

    def shown(self, order: GrantOrder, resource_id: str) -> ApiAnswer | None:
        """What the API shows of one resource; None if it does not exist."""
        answer = self._api.ask("GET", filled_address(self._said["observe"]["path"], order, resource_id))
        is_gone = answer.status in GONE or self._state(answer) in self._said["observe"]["gone"]
        return None if is_gone else answer.checked()

    def delete_one(self, order: GrantOrder, resource_id: str) -> None:
        """Delete one resource, whoever owns it. Raises NotYet while that continues outside."""
        answer = self._ask(self._said["delete"], order, resource_id)
        if answer.status not in GONE:
            self._begin_task("delete", answer.checked(), {})

    def _find(self, order: GrantOrder) -> str | None:
        answer = self._api.ask("GET", filled_address(self._said["find"]["path"], order))
        if answer.status in GONE:
            return None
        path = named_in_path(self._said["find"]["id"], order)
        return text_at(path, answer.checked().body)

    def _seen(self, resource_id: str | None, answer: ApiAnswer | None) -> Observation:
        """Raises NotYet while the resource is being created."""
        if answer is None:
            return Observation(standing=Standing.ABSENT, facts={_TASK: None})
        told = {name: text_at(path, answer.body) for name, path in self._said["identifiers"].items()}
        facts = {_RESOURCE: resource_id, _TASK: None, **told}
        said, state = self._said["observe"], self._state(answer)
        if state in said["under_way"]:
            message = f"{self.name} is at work on it: {state}."
            raise NotYet(f"{self.name}_under_way", message, self._wait(answer), facts=facts)
        if state in said["frozen"]:
            return Observation(standing=Standing.OFF, facts=facts)
        if state in said["serving"] or not said["serving"]:
            return Observation(standing=Standing.ON, facts=facts)
        differing = differs("unexpected_state", state=str(state)[:100])
        return Observation(standing=Standing.DIFFERS, facts=facts, differences=differing.differences)

    def _state(self, answer: ApiAnswer) -> str | None:
        path = self._said["observe"]["state"]
        return text_at(path, answer.body) if path and answer.is_success else None

    def _ask(
        self,
        said: Mapping[str, Any],
        order: GrantOrder,
        resource_id: str | None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiAnswer:
        body = None if said["body"] is None else filled_body(said["body"], order, resource_id)
        path = filled_address(said["path"], order, resource_id)
        return self._api.ask(said["method"], path, body, headers)

    def _begin_task(self, what: str, answer: ApiAnswer, facts: Outputs) -> None:
        """Raises NotYet if the answer only promises that it will be done."""
        if answer.status != _ACCEPTED:
            return
        poll = self._said["poll"]
        given = answer.headers.get("location")
        if poll is not None and poll["address"]:
            given = text_at(poll["address"], answer.body) or given
        task = (
            {"for": _TARGETS[what], "address": answer.address(given)} if poll is not None and given else None
        )
        message = f"{self.name} is at work on it."
        raise NotYet(f"{self.name}_under_way", message, self._wait(answer), facts={**facts, _TASK: task})

    def _await_task(self, what: str, outputs: Outputs) -> str | None:
        """Return the id that a task reports at its end, if any. Raises NotYet until then.

        Raises RefusedNoting if it failed at something still wanted. A task unknown to the API counts as
        ended.
        """
        task, poll = outputs.get(_TASK), self._said["poll"]
        if not task or poll is None:
            return None
        answer = self._api.ask("GET", task["address"])
        if answer.status in GONE or answer.status == _SEE_OTHER:
            return None
        state = text_at(poll["state"], answer.checked().body)
        if state in poll["failed"] and task["for"] == _TARGETS.get(what):
            self._fail(answer, state)
        if state not in (*poll["failed"], *poll["done"]):
            message = f"{self.name} is at work on it: {state}."
            raise NotYet(f"{self.name}_under_way", message, self._wait(answer), facts={})
        return text_at(poll["id"], answer.body) if poll["id"] else None

    def _unfinished_task(self, what: str, outputs: Outputs) -> Failure | None:
        """Wait for the task, but do not delay switching off or removing a known resource.

        A task may never end, or be reported at an address that we may not follow. A task for something else
        is only awaited if its resource is not visible yet and could still appear, or if the API refuses to
        release it. The result of a task for the same purpose may be visible before it ends.
        """
        try:
            self._await_task(what, outputs)
        except Failure as failure:
            if what == "unfreeze" or not outputs.get(_RESOURCE):
                raise
            return failure
        return None

    def _fail(self, answer: ApiAnswer, state: str | None) -> NoReturn:
        words = own_words(answer.body) or str(state)
        message = f"{self.name} could not do it: {words}"
        raise RefusedNoting(f"{self.name}_failed", message, facts={_TASK: None})

    def _wait(self, answer: ApiAnswer) -> timedelta:
        poll = self._said["poll"]
        usual = timedelta(seconds=poll["interval_seconds"] if poll else 5)
        return retry_after(answer.headers.get("retry-after")) or usual


def text_at(path: str, body: Any) -> str | None:
    """The value at a path of an answer, as text; None if there is no such value."""
    found = jmespath.search(path, body)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found)[:_LONGEST_FACT] or None
