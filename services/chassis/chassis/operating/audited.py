"""Acts that are noted in the operators' log, in the transaction of their effect, or wait for a second person.

@operators_act(api, "/v1/grants/<uuid:grant_id>/retry", "retry grant", ReasonSchema, GrantSeen, status=202)
def retry_grant(work, body, grant_id): ...
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import wraps
from typing import Any

from chassis.database.operators_log import note_action
from chassis.database.unit_of_work import UnitOfWork
from chassis.http.idempotency import idempotent
from chassis.http.openapi import AnySchema, ApiBlueprint
from chassis.http.principals import Kind, current_principal
from chassis.operating.four_eyes import Act, can_wait, confirmation, must_wait, propose
from chassis.operating.http_schemas import StatedReason
from chassis.operating.proposal_answers import ProposalSchema, proposed

View = Callable[..., Any]


def operators_act(
    api: ApiBlueprint,
    path: str,
    action: str,
    body: AnySchema,
    answer: AnySchema,
    *,
    status: int = 200,
    reason: str = "reason",
) -> Callable[[View], View]:
    """Register ``view(work, body, **path)`` as a POST for operators, idempotent and audited.

    ``path`` ends in ``<uuid:target>/verb``; the target is what the log says was acted on.
    """
    target = path.rpartition("<uuid:")[2].partition(">")[0]

    def register(view: View) -> View:
        view = api.alt_response(404)(view)
        view = api.response(status, answer)(view)
        view = audited(action, target, reason=reason)(view)
        view = idempotent(view)
        view = api.arguments(body)(view)
        return api.post(path)(view)

    return register


def acts_on(
    api: ApiBlueprint,
    target: str,
    answer: AnySchema,
    body: AnySchema = StatedReason,
    *,
    seen: Callable[[Any], Any] = lambda thing: thing,
    **usual: Any,
) -> Callable[..., Callable[[View], View]]:
    """`operators_act` for all acts on one kind of thing, each with a path below ``target``.

    Views return the thing as it stands then; ``seen`` makes of it what ``answer`` dumps.
    """

    def act(path: str, action: str, body: AnySchema = body, **options: Any) -> Callable[[View], View]:
        def register(view: View) -> View:
            @wraps(view)
            def answering(work: UnitOfWork, body: Mapping[str, Any], **path: Any) -> Any:
                return seen(view(work, body, **path))

            return operators_act(api, f"{target}/{path}", action, body, answer, **usual | options)(answering)

        return register

    return act


def audited(action: str, target: str, *, reason: str = "reason") -> Callable[[View], View]:
    """Note the act, unless the subject itself acts; stands below ``@idempotent``, which begins the work.

    ``target`` names an argument of the path, ``reason`` the field of the body that says why.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def noted(work: UnitOfWork, body: Mapping[str, Any], **path: Any) -> Any:
            who = current_principal()
            if who.kind is not Kind.OPERATOR:
                return view(work, body, **path)
            act = Act(action, str(path[target]), body[reason])
            if must_wait():
                return proposed(work, propose(work, act, path, lambda trial: view(trial, body, **path)))
            answer = view(work, body, **path)
            note_action(work.connection, **{"actor": who.name, **vars(act), **confirmation()})
            return answer

        can_wait(noted)
        return _documented(noted)

    return decorate


def note_own_act(work: UnitOfWork, action: str, target: object, reason: str) -> None:
    """Note what the operator of this request did; for views that do not come in by `audited`."""
    actor = current_principal().name
    note_action(work.connection, actor=actor, action=action, target=str(target), reason=reason)


def _documented(view: View) -> View:
    """The act may wait, so its answer may be a proposal; as `ApiBlueprint.alt_response` notes another one."""
    waiting = {"schema": ProposalSchema, "description": "Waits for a second person", "content_type": None}
    noted = deepcopy(vars(view).get("_apidoc", {}))
    noted.setdefault("response", {}).setdefault("responses", {}).setdefault(202, []).append(waiting)
    vars(view)["_apidoc"] = noted
    return view
