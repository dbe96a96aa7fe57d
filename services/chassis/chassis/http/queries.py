"""URLs of the current page with another query."""

from typing import Any
from urllib.parse import urlencode

from flask import request


def own_path() -> str:
    """The path of this page as browsers see it: a service may be served below a prefix."""
    return request.script_root + request.path


def with_query(**changes: Any) -> str:
    """The URL of this page with some of its filters changed; None removes one."""
    wanted = {**request.args.to_dict(), **changes}
    wanted.pop("lang", None) if "lang" not in changes else None
    query = urlencode({name: value for name, value in wanted.items() if value not in (None, "")})
    return f"{own_path()}?{query}" if query else own_path()
