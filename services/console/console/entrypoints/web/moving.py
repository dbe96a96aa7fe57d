"""Parts of pages that move: fetched anew while something does, by htmx; without scripts the page has a link.

A part that moves is fetched with a digest of what it showed last: where nothing changed there is no answer to
swap in, so that neither focus nor an opened detail is lost. A part that settled is not fetched any more.
"""

import hashlib
import json
from typing import Any

from flask import Flask, Response, render_template, request

# Pinned: a browser does not run a file of another hash.
HTMX = "htmx-2.0.11.min.js"
INTEGRITY = "sha384-2OatzQy1H+Zd/IIrjr1TcuDGqLXeHhbooAyJY1KdQMKnr4LZ22k31GBLdYKHmVjg"
# No eval, no style or script of its own, and nothing of a page in the browser's storage.
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
    """The same for what looks the same."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()[:16]


def part(template: str, shown: Any, **given: Any) -> str | Response:
    """The part of a page that shows this, nothing where that was seen."""
    if request.args.get("seen") == digest(shown):
        return Response(status=204)
    return render_template(template, **given)
