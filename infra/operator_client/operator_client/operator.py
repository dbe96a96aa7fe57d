"""What operators can do, shared by the console, the demo and the command line."""

from collections.abc import Iterator, Mapping
from typing import Any

from operator_client.http import OperatorsHttp, Refused, expected
from operator_client.operations import OPERATIONS, Operation

Facts = dict[str, Any]
NOT_FOUND = 404
# An answer without these is from something else, or from another version.
_ESSENTIAL: Mapping[str, tuple[str, ...]] = {
    "GET /v1/partners/{partner_id}": ("partner_id", "company", "state", "contact", "products"),
    "GET /v1/figures": ("counted_at", "weeks", "stages", "failures"),
    "GET /v1/partners/{partner_id}/plan-preview": ("preview_id", "catalogue_version", "differences"),
    "GET /v1/catalogue": ("version", "entries"),
}


class Operator:
    """The operator APIs of all services, by the rows of the table of roles. Thread-safe.

    Facts are values of the path, the query or the body. ``service`` is required if all services have the row.
    Every method raises `operator_client.http.Refused`, `Proposed` and `Unreachable`.
    """

    def __init__(self, http: OperatorsHttp) -> None:
        self.http = http

    def ask(self, row: str, service: str | None = None, **facts: Any) -> Facts:
        """One answer."""
        operation, where = _found(row, service)
        path, told = _parted(operation, facts)
        if operation.method == "POST":
            return self.http.post(where, path, told)
        return expected(self.http.get(where, path, **told), where, *_ESSENTIAL.get(row, ()))

    def page(self, row: str, service: str | None = None, **facts: Any) -> Facts:
        """A page of a list; also takes ``limit`` and ``cursor``."""
        operation, where = _found(row, service)
        path, told = _parted(operation, facts)
        return self.http.page(where, path, operation.items, **told)

    def all(self, row: str, service: str | None = None, **facts: Any) -> Iterator[Facts]:
        """A whole list: page by page as it is consumed, or at once if it has no pages."""
        operation, where = _found(row, service)
        path, told = _parted(operation, facts)
        if operation.is_paged:
            return self.http.pages(where, path, operation.items, **told)
        return iter(expected(self.http.get(where, path, **told), where, operation.items)[operation.items])

    def find(self, registration_number: str, name: str) -> Facts | None:
        """The newest partner with that registration number and name, if there is one."""
        found = self.all("GET /v1/partners", search=registration_number)
        return next((line for line in found if line["legal_name"] == name), None)

    def partner(self, partner_id: str) -> Facts:
        """Everything onboarding knows about one partner."""
        return self.ask("GET /v1/partners/{partner_id}", partner_id=partner_id)

    def move(self, partner_id: str, move: str, **facts: Any) -> Facts:
        """Act on one partner, by the end of the path: ``approval``, ``suspension``, ``disclosure``."""
        return self.ask(f"POST /v1/partners/{{partner_id}}/{move}", partner_id=partner_id, **facts)

    def timeline(self, partner_id: str) -> list[Facts]:
        """Everything that happened to the partner, oldest first."""
        return list(self.all("GET /v1/partners/{partner_id}/timeline", partner_id=partner_id))

    def grants(self, partner_id: str) -> list[Facts]:
        """The partner's grants with identifiers, steps and causes; none before its approval."""
        try:
            return list(self.all("GET /v1/partners/{partner_id}/grants", partner_id=partner_id))
        except Refused as refusal:
            if refusal.status == NOT_FOUND:
                return []
            raise

    def messages(self, partner_id: str) -> list[Facts]:
        """The partner's mails with state and cause, oldest first."""
        return list(self.all("GET /v1/partners/{partner_id}/messages", partner_id=partner_id))

    def invitations(self, partner_id: str) -> list[Facts]:
        """The partner's learning-path invitations, oldest first."""
        return list(self.all("GET /v1/partners/{partner_id}/invitations", partner_id=partner_id))


def _found(row: str, service: str | None) -> tuple[Operation, str]:
    operation = OPERATIONS[row]
    where = operation.service or service
    if where is None:
        raise ValueError(f"every service has {row}: which is asked?")
    return operation, where


def _parted(operation: Operation, facts: Mapping[str, Any]) -> tuple[str, Facts]:
    """The path, and the values that are not in it."""
    in_path = operation.names_in_path
    return operation.path_of(facts), {name: fact for name, fact in facts.items() if name not in in_path}
