"""The service that the present request belongs to.

with current_service(OnboardingService).open_work() as work: ...
"""

from typing import TypeVar, overload

from flask import Flask, current_app

from chassis.service import Service, WebService

Kind = TypeVar("Kind", bound=WebService)

_EXTENSION = "chassis.service"


@overload
def current_service() -> Service: ...
@overload
def current_service(kind: type[Kind]) -> Kind: ...
def current_service(kind: type[WebService] = Service) -> WebService:
    """The service as its own class. Raises TypeError when it is of another kind."""
    service = current_app.extensions[_EXTENSION]
    if not isinstance(service, kind):
        raise TypeError(f"the service is a {type(service).__name__}, not a {kind.__name__}")
    return service


def register_service(app: Flask, service: WebService) -> None:
    app.extensions[_EXTENSION] = service
