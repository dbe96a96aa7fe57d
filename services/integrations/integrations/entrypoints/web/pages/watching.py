"""Pages that look again by themselves, where the visitor asked for it (``?watch=1``)."""

from flask import Response, request

SECONDS = 3


def watched(page: Response, *, goes_on: bool) -> Response:
    """Have the browser ask again, for as long as something goes on; works without scripts."""
    if goes_on and request.args.get("watch"):
        page.headers["Refresh"] = str(SECONDS)
    return page
