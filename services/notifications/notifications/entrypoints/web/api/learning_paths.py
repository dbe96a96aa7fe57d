"""API: what a partner of some profile would be offered to learn; nothing is done."""

from typing import Any

from chassis.http.current_service import current_service
from chassis.http.languages import current_language
from chassis.http.openapi import ApiBlueprint
from notifications.bootstrap import NotificationsService
from notifications.domain.partners import Profile
from notifications.entrypoints.web.api.schemas import PathsDue, ProfileToTry

api = ApiBlueprint("learning paths", __name__, description="What is offered to learn, and to whom")


@api.get("/v1/learning-paths/plan")
@api.arguments(ProfileToTry, location="query")
@api.response(200, PathsDue)
def try_learning_paths(query: dict[str, Any]) -> dict[str, Any]:
    """Show which paths go with a profile and its products, and which entry of the file decides."""
    paths = current_service(NotificationsService).settings.learning_paths
    profile = Profile(legal_name="", partner_type=query["partner_type"], tier=query["tier"])
    occasions = [None, *dict.fromkeys(query["products"])]
    language = current_language()
    due = [
        {
            "path": path.name,
            "title": path.title[language],
            "entry": paths.place(path),
            "product": product,
            "audience": str(path.audience),
            "hours": path.hours,
        }
        for product in occasions
        for path in paths.due(profile, product)
    ]
    return {"version": paths.version, "paths": due}
