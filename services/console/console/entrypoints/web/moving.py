"""Parts of pages that update themselves by htmx while something changes; without scripts there is a link.

Such a part is requested with a digest of what it showed last. If nothing changed, there is no answer to swap
in, so that focus and opened details are kept. A part that has settled is not requested any more.
"""

import hashlib
import json
from typing import Any

from flask import Flask, Response, render_template, request

# Pinned: a browser does not run a file of another hash.
HTMX = "htmx-2.0.11.min.js"
INTEGRITY = "sha384-2OatzQy1H+Zd/IIrjr1TcuDGqLXeHhbooAyJY1KdQMKnr4LZ22k31GBLdYKHmVjg"
# No eval, no inline styles or scripts, and no page content in the browser's storage.
CONFIG = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyEnabled": False,
        "historyCacheSize": 0,
    }
)
OURS_ALONE = "script-src 'self'; connect-src 'self'"


def register_moving(app: Flask) -> None:
    """For all templates."""
    app.jinja_env.globals.update(htmx=HTMX, htmx_integrity=INTEGRITY, htmx_config=CONFIG, seen=digest)


def digest(shown: Any) -> str:
    """Equal for equal content."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()[:16]


def part(template: str, shown: Any, **given: Any) -> str | Response:
    """The part of a page with this content; empty if the browser shows it already."""
    if request.args.get("seen") == digest(shown):
        return Response(status=204)
    return render_template(template, **given)
