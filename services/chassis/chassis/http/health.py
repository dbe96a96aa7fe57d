"""``/health/live`` and ``/health/ready`` on the public address, if the health port cannot be reached.

Probes of an orchestrator belong on the health port (`chassis.http.health_server`): here they wait for a
thread like any other request.
"""

from flask import Blueprint, Response, jsonify

from chassis.http.readiness import Readiness


def health_blueprint(readiness: Readiness) -> Blueprint:
    """The routes."""
    health = Blueprint("health", __name__)

    @health.get("/health/live")
    def live() -> Response:
        return jsonify({"status": "ok"})

    @health.get("/health/ready")
    def ready() -> tuple[Response, int]:
        status, body = readiness.answer()
        return jsonify(body), status

    return health
