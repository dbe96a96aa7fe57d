"""The resources of a SCIM service as JSON, by the ways that this service offers."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chassis.failures import NeverPossible, NotNow
from provisioning.adapters.scim_connection import JSON, Answer, ScimConnection, ScimRefused
from provisioning.adapters.scim_failures import GONE

_SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
_PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_NO_SUCH_WAY = {405, 501}
_NO_SUCH_SEARCH = {400, 404, 405, 501}
_STALE = {412, 428}
_TRIES_MOST = 4
_PAGES_MOST = 10_000
_ON_A_PAGE = 100


@dataclass(kw_only=True)
class Abilities:
    """What the service says it can do (RFC 7643, section 5), and what it refused since."""

    patches: bool = True
    filters: bool = True
    searches: bool = True
    page_size: int | None = None


@dataclass(frozen=True)
class Change:
    """One change of a resource, both as PATCH wants it and done to the whole."""

    operation: JSON
    edit: Callable[[JSON], None]


class ScimResources:
    """Finds, makes, changes and deletes; where the service has no filter it reads everything instead."""

    def __init__(self, connection: ScimConnection, pages_most: int = _PAGES_MOST) -> None:
        self._scim = connection
        self._pages_most = pages_most
        self._one_writer = threading.Lock()

    @cached_property
    def _can(self) -> Abilities:
        """Ask once; a service that does not tell is taken for whole until it refuses."""
        try:
            told = self._scim.ask("GET", "ServiceProviderConfig").body
        except ScimRefused as refusal:
            if refusal.status >= 500 or refusal.status in {401, 429}:
                raise
            told = {}
        most = said(said(told, "filter"), "maxResults")
        return Abilities(
            patches=said(said(told, "patch"), "supported") is not False,
            filters=said(said(told, "filter"), "supported") is not False,
            page_size=most if isinstance(most, int) and most > 0 else None,
        )

    @property
    def can_filter(self) -> bool:
        return self._can.filters

    def get(self, kind: str, resource_id: str) -> JSON | None:
        found = self._read(kind, resource_id)
        return found.body if found else None

    def _read(self, kind: str, resource_id: str) -> Answer | None:
        """Return None for what is not there, and for an answer about something else.

        Raises NotNow for an answer about nothing.
        """
        try:
            found = self._scim.ask("GET", kind, resource_id)
        except ScimRefused as refusal:
            if refusal.status != GONE:
                raise
            return None
        if not id_of(found.body):
            raise NotNow("crm_ill", "The CRM was asked for one thing and told of nothing")
        return found if id_of(found.body) == resource_id else None

    def create(self, kind: str, body: JSON) -> JSON:
        return self._scim.ask("POST", kind, body=body).body

    def delete(self, kind: str, resource_id: str) -> None:
        """Nothing to do when it is gone."""

        def ask(version: str | None) -> Answer:
            return self._scim.ask("DELETE", kind, resource_id, version=version)

        try:
            self._with_version(kind, resource_id, ask)
        except ScimRefused as refusal:
            if refusal.status != GONE:
                raise

    def change(self, kind: str, resource_id: str, *changes: Change) -> None:
        """Change this and nothing else, by PATCH or where there is none by putting the whole back."""
        if self._can.patches:
            body = {"schemas": [_PATCH_SCHEMA], "Operations": [change.operation for change in changes]}

            def patch(version: str | None) -> Answer:
                return self._scim.ask("PATCH", kind, resource_id, body=body, version=version)

            try:
                self._with_version(kind, resource_id, patch)
            except ScimRefused as refusal:
                if refusal.status not in _NO_SUCH_WAY:
                    raise
                self._can.patches = False
            else:
                return
        with self._one_writer:
            self._put(kind, resource_id, changes)

    def _with_version(self, kind: str, resource_id: str, ask: Callable[[str | None], Answer]) -> None:
        """Say which version is meant only where the service insists: no change hangs on what stood there."""
        version = None
        for number in range(_TRIES_MOST):
            try:
                ask(version)
            except ScimRefused as refusal:
                found = self._read(kind, resource_id) if refusal.status in _STALE else None
                if found is None or found.version is None or number == _TRIES_MOST - 1:
                    raise
                version = found.version
            else:
                return

    def _put(self, kind: str, resource_id: str, changes: tuple[Change, ...]) -> None:
        """Read, change and put back; again when somebody else was faster, which only versions show."""
        for number in range(_TRIES_MOST):
            found = self._read(kind, resource_id)
            if found is None:
                raise ScimRefused(GONE, "", f"No such resource among {kind}", None)
            for change in changes:
                change.edit(found.body)
            whole = {name: value for name, value in found.body.items() if name.lower() != "meta"}
            try:
                self._scim.ask("PUT", kind, resource_id, body=whole, version=found.version)
            except ScimRefused as refusal:
                if refusal.status not in _STALE or number == _TRIES_MOST - 1:
                    raise
            else:
                return

    def find(
        self, kind: str, wanted: str, is_wanted: Callable[[JSON], bool], *, is_personal: bool = False
    ) -> list[JSON]:
        """Return what the filter finds and is wanted; some services ignore filters, or have none.

        With ``is_personal`` the filter stands in the body instead of the URL
        (https://www.rfc-editor.org/rfc/rfc7644#section-3.4.3), wherever the service has that search.
        """
        if not self._can.filters:
            return self.read_all(kind, is_wanted)
        if is_personal and self._can.searches:
            try:
                return list(filter(is_wanted, self._pages(self._searched(kind, wanted))))
            except ScimRefused as refusal:
                if refusal.status not in _NO_SUCH_SEARCH:
                    raise
                self._can.searches = refusal.status == 400
        try:
            return list(filter(is_wanted, self._pages(self._listed(kind, wanted))))
        except ScimRefused as refusal:
            if refusal.status not in _NO_SUCH_SEARCH - {GONE}:
                raise
        return self.read_all(kind, is_wanted)

    def read_all(self, kind: str, is_wanted: Callable[[JSON], bool]) -> list[JSON]:
        """Look at everything. Raises NotNow when the service does not show all that it counts."""
        return list(filter(is_wanted, self._pages(self._listed(kind, None), is_whole=True)))

    def page(self, kind: str, start: int) -> tuple[list[JSON], int]:
        """Return what is listed from a place on, counted from 1, and how many there are in all.

        Raises NotNow when it is listed from another place: the first page again and again, say.
        """
        answer = self._listed(kind, None)({"startIndex": start, "count": self._can.page_size or _ON_A_PAGE})
        listed, begins_at = said(answer, "Resources") or [], said(answer, "startIndex")
        if start > 1 and listed and begins_at is not None and _number(begins_at) != start:
            message = f"The CRM was asked for its list from {start} on and shows it from {begins_at} on"
            raise NotNow("crm_listing_incomplete", message)
        return [each for each in listed if isinstance(each, dict)], _number(said(answer, "totalResults"))

    def _searched(self, kind: str, wanted: str) -> Callable[[JSON], JSON]:
        def ask(page: JSON) -> JSON:
            request = {"schemas": [_SEARCH_SCHEMA], "filter": wanted, **page}
            body = self._scim.ask("POST", kind, ".search", body=request).body
            if said(body, "totalResults") is None:
                raise ScimRefused(501, "", "That search was answered without a list", None)
            return body

        return ask

    def _listed(self, kind: str, wanted: str | None) -> Callable[[JSON], JSON]:
        def ask(page: JSON) -> JSON:
            query = {name: str(value) for name, value in page.items()}
            body = self._scim.ask("GET", kind, query=query | ({"filter": wanted} if wanted else {})).body
            if said(body, "totalResults") is None and said(body, "Resources") is None:
                raise NotNow("crm_ill", "The CRM was asked for a list and answered with none")
            return body

        return ask

    def _pages(self, ask: Callable[[JSON], JSON], *, is_whole: bool = False) -> list[JSON]:
        """Return what is on all pages, however many fit on one; a page without anything new is the last.

        Totals change while we read, and some are wrong: only who has to see everything insists on them.
        """
        found: dict[str, JSON] = {}
        most, is_asked_again = 0, False
        size = {"count": self._can.page_size} if self._can.page_size else {}
        for _ in range(self._pages_most):
            answer = ask(size | ({"startIndex": len(found) + 1} if found and not is_asked_again else {}))
            listed = said(answer, "Resources") or []
            new = {id_of(each): each for each in listed if isinstance(each, dict)}
            new = {each: resource for each, resource in new.items() if each and each not in found}
            found |= new
            total = _number(said(answer, "totalResults"))
            most = max(most, total)
            if len(found) >= most or (not new and (not is_whole or len(found) >= total)):
                break
            if not new and is_asked_again:
                message = f"The CRM counts {total} but shows {len(found)} of them"
                raise NotNow("crm_listing_incomplete", message)
            is_asked_again = not new
        else:
            message = f"The CRM's list does not end after {self._pages_most} pages"
            raise NeverPossible("crm_listing_endless", message)
        return list(found.values())


def said(resource: object, name: str) -> Any:
    """Return an attribute, whose name may be written in any case (RFC 7643, section 2.1)."""
    if not isinstance(resource, dict):
        return None
    if name in resource:
        return resource[name]
    return next((value for key, value in resource.items() if key.lower() == name.lower()), None)


def id_of(resource: object) -> str:
    """Some services give numbers."""
    found = said(resource, "id")
    return "" if found is None else str(found)


def replaced(name: str, value: object) -> Change:
    """The change of a single attribute."""

    def edit(resource: JSON) -> None:
        for key in [key for key in resource if key.lower() == name.lower()]:
            del resource[key]
        resource[name] = value

    return Change({"op": "replace", "path": name, "value": value}, edit)


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
