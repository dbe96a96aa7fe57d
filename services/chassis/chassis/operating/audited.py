"""Views whose effect is noted in the operators' log.

@api.post("/v1/grants/<uuid:grant_id>/retry")
@requires_operator
@api.arguments(ReasonSchema)
@idempotent                                     # opens the transaction
@audited("retry grant", "grant_id")             # notes who, what, to which grant, and why
@api.response(202, GrantSeen)
def retry(work, body, grant_id): ...
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from chassis.database.operators_log import note_action
from chassis.database.unit_of_work import UnitOfWork
from chassis.http.principals import Kind, current_principal

View = Callable[..., Any]


def audited(action: str, target: str, *, reason: str = "reason") -> Callable[[View], View]:
    """Note the act in the transaction of its effect, unless the subject itself acts.

    ``target`` names an argument of the path, ``reason`` the field of the body that says why.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def noted(work: UnitOfWork, body: Mapping[str, Any], **path: Any) -> Any:
            answer = view(work, body, **path)
            who = current_principal()
            if who.kind is Kind.OPERATOR:
                told = {"actor": who.name, "action": action, "target": str(path[target])}
                note_action(work.connection, **told, reason=body[reason])
            return answer

        return noted

    return decorate
