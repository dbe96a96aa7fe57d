"""Who looks at the page, and where those go whom we do not know."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from chassis.http.current_service import current_service
from chassis.http.form_subjects import is_form_of_another
from chassis.http.languages import prefer_language
from chassis.http.principals import Kind, current_principal
from integrations.bootstrap import IntegrationsService
from integrations.domain.integrator_log import Actor, by_person
from integrations.domain.integrators import Integrator
from integrations.domain.people import Person

Path = ParamSpec("Path")


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, and for whom."""

    person: Person
    integrator: Integrator

    @property
    def integrator_id(self) -> UUID:
        return self.integrator.id

    @property
    def by(self) -> Actor:
        return by_person(self.person.id)

    @property
    def kinds(self) -> list[str]:
        """The event types that there are for it to see."""
        return [key for key in service().settings.catalogue if not self.integrator.refused([key])]


def signed_in(
    view: Callable[Concatenate[Visitor, Path], AnyResponse | str],
) -> Callable[Path, AnyResponse]:
    """Give the view its visitor, or send whom we do not know to ask for a link.

    So goes who sends a form of one integrator after signing in for another one in the same browser.
    """

    @wraps(view)
    def guard(*args: Path.args, **kwargs: Path.kwargs) -> AnyResponse:
        visitor = current_visitor()
        if visitor is None:
            return redirect(url_for("arriving.ask"), 303)
        if is_form_of_another():
            return redirect(url_for("arriving.ask", why="another"), 303)
        return make_response(view(visitor, *args, **kwargs))

    return guard


def current_visitor() -> Visitor | None:
    """Who is signed in, in whose language the page then speaks."""
    who = current_principal()
    if who.kind is not Kind.SUBJECT:
        return None
    with service().open_work() as work:
        person = work.people.get(UUID(who.name))
        integrator = None if person is None else work.integrators.get(person.integrator_id)
    if person is None or integrator is None:
        return None
    prefer_language(person.language)
    return Visitor(person, integrator)


def service() -> IntegrationsService:
    """The service behind these pages."""
    return current_service(IntegrationsService)


def portal_page(template: str, visitor: Visitor | None, status: int = 200, **values: Any) -> Response:
    """A page of the portal; with its navigation for who is signed in."""
    return make_response(render_template(template, visitor=visitor, **values), status)


SECONDS = 3


def watched(page: Response, *, goes_on: bool) -> Response:
    """Have the browser ask again, for as long as something goes on; works without scripts."""
    if goes_on and request.args.get("watch"):
        page.headers["Refresh"] = str(SECONDS)
    return page
