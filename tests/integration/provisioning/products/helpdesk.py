"""A helpdesk with an API such as vendors have: workspaces, at once or by tasks, strict about its token."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask, Response, jsonify, request

TOKEN = "helpdesk-canary-token"


@dataclass
class Helpdesk:
    """``is_slow``: every change is a task that ends at the second request after it.

    ``answers`` are given once each, instead. ``calls`` are method and path of all requests, ``keys`` the
    workspace that each Idempotency-Key made.
    """

    is_slow: bool = False
    knows_filters: bool = True
    workspaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[tuple[str, Response]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def app(self) -> Flask:
        app = Flask(__name__)
        app.before_request(self._before)
        app.add_url_rule("/api/workspaces", "create", self._create, methods=["POST"])
        app.add_url_rule("/api/workspaces", "find", self._find, methods=["GET"])
        app.add_url_rule("/api/workspaces/<name>", "show", self._show, methods=["GET"])
        app.add_url_rule("/api/workspaces/<name>", "delete", self._delete, methods=["DELETE"])
        app.add_url_rule("/api/workspaces/<name>/<act>", "switch", self._switch, methods=["POST"])
        app.add_url_rule("/api/tasks/<name>", "task", self._task, methods=["GET"])
        return app

    def standing(self) -> list[tuple[str, str]]:
        return [(one["external_id"], one["status"]) for one in self.workspaces.values()]

    def _before(self) -> Any:
        self.calls.append(f"{request.method} {request.path}")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return jsonify(title="Who are you?"), 401
        for task in self.tasks.values():
            task["age"] += 1
            if task["age"] == 2:
                self._end(task["name"], task["status"])
        for place, (method, answer) in enumerate(self.answers):
            if method == request.method:
                del self.answers[place]
                return answer
        return None

    def _create(self) -> Any:
        key = request.headers["Idempotency-Key"]
        if key not in self.keys:
            body = request.get_json()
            if any(one["external_id"] == body["external_id"] for one in self.workspaces.values()):
                return jsonify(title="There is one"), 409
            name = self.keys[key] = f"ws {next(self.numbers)} ä?"
            status = "building" if self.is_slow else "active"
            url = f"https://helpdesk.example/{name}"
            self.workspaces[name] = {**body, "id": name, "status": status, "links": {"html": url}}
        name = self.keys[key]
        return self._done(name, "active") if self.is_slow else (jsonify(self.workspaces[name]), 201)

    def _find(self) -> Any:
        """Those that were asked for, or all, two on a page."""
        every = list(self.workspaces.values())
        if wanted := request.args.get("external_id"):
            return jsonify(
                items=[one for one in every if not self.knows_filters or one["external_id"] == wanted]
            )
        page = int(request.args.get("page", 0))
        more = f"/api/workspaces?page={page + 1}" if len(every) > 2 * (page + 1) else None
        return jsonify(items=every[2 * page : 2 * (page + 1)], next=more)

    def _show(self, name: str) -> Any:
        found = self.workspaces.get(name)
        return jsonify(found) if found else (jsonify(title="Not here"), 404)

    def _delete(self, name: str) -> Any:
        if name not in self.workspaces:
            return jsonify(title="Not here"), 404
        return self._done(name, None)

    def _switch(self, name: str, act: str) -> Any:
        return self._done(name, {"suspend": "suspended", "resume": "active"}[act])

    def _done(self, name: str, status: str | None) -> Any:
        if not self.is_slow:
            self._end(name, status)
            return jsonify(done=True)
        task = f"task-{next(self.numbers)}"
        self.tasks[task] = {"age": 0, "name": name, "status": status}
        return jsonify(), 202, {"Location": f"/api/tasks/{task}", "Retry-After": "1"}

    def _end(self, name: str, status: str | None) -> None:
        if status is None:
            self.workspaces.pop(name, None)
        elif name in self.workspaces:
            self.workspaces[name]["status"] = status

    def _task(self, name: str) -> Any:
        task = self.tasks[name]
        if task["age"] < 2:
            return jsonify(state="running"), 200, {"Retry-After": "1"}
        return jsonify(state="done", result={"id": task["name"]})
