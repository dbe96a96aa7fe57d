"""The storage of the SCIM stand-in: in memory for searching, in SQLite for durability."""

import sqlite3
import uuid
from pathlib import Path
from typing import Any

from scim2_models import Resource, ResourceType, ScimProvider
from scim2_server.memory import InMemoryStorage


class DurableStorage(InMemoryStorage):
    """The library's storage, with each change committed to a file before it is answered."""

    def __init__(self, path: Path, provider: ScimProvider) -> None:
        super().__init__()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("CREATE TABLE IF NOT EXISTS resource (id PRIMARY KEY, type, body)")
        rows = self._database.execute("SELECT type, body FROM resource ORDER BY rowid").fetchall()
        self.resources = [_model(provider, kind).model_validate_json(body) for kind, body in rows]

    def next_version(self) -> str:
        """Return a version that no earlier run has used."""
        return f'W/"{uuid.uuid4().hex}"'

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Store a new resource, in the file too."""
        with self.lock:
            return self._keep(resource_type, super().create(resource_type, resource))

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Replace a resource, in the file too."""
        with self.lock:
            updated = super().update(resource_type, resource, expected_version=expected_version)
            return self._keep(resource_type, updated)

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Delete a resource, from the file too."""
        with self.lock:
            super().delete(resource_type, resource_id, expected_version=expected_version)
            self._database.execute("DELETE FROM resource WHERE id = ?", (resource_id,))

    def _keep(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        self._database.execute(
            "INSERT INTO resource VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (resource.id, resource_type.name, resource.model_dump_json()),
        )
        return resource


def _model(provider: ScimProvider, resource_type: str) -> type[Resource[Any]]:
    model = provider.model_for(resource_type)
    if model is None or not issubclass(model, Resource):
        raise ValueError(f"stored resources are of a type that is not served: {resource_type}")
    return model
