"""Each request has an id and a trace, and leaves one line in the log: by route, never by path."""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from chassis.http.principals import Kind
from chassis.telemetry import traces
from chassis.telemetry.metrics import record_request

_log = structlog.stdlib.get_logger("chassis.access")
_USABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET_ENDPOINTS = frozenset({"health.live", "health.ready", "health.metrics"})


def register_request_context(app: Flask) -> None:
    """Register it before everything else, so that refused requests have ids and log lines, too."""
    app.before_request(_begin)
    app.after_request(_end)


def route_of_request() -> str:
    """The matching rule, such as ``/links/<token>``: paths contain secrets and would make too many labels."""
    return request.url_rule.rule if request.url_rule else "(none)"


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _USABLE_ID.fullmatch(given) else uuid4().hex
    g.began_at_seconds = perf_counter()
    traces.bind(request.headers.get("traceparent"))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    seconds = perf_counter() - g.began_at_seconds if "began_at_seconds" in g else 0.0
    response.headers["X-Request-Id"] = g.get("request_id", "")
    route = route_of_request()
    record_request(request.method, route, response.status_code, seconds)
    principal = g.get("principal")
    log = _log.debug if request.endpoint in _QUIET_ENDPOINTS else _log.info
    log(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
        principal=(principal.kind if principal else Kind.ANONYMOUS).value,
    )
    return response
