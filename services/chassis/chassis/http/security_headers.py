"""Headers that restrict what browsers may do with our answers."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
# no-referrer would make browsers send "Origin: null" with our own forms; same-origin tells nobody else.
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def add_security_headers(app: Flask, public_url: str) -> None:
    """Set the headers that a view has not set; only static files may be cached."""
    headers = dict(HEADERS)
    if public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"

    @app.after_request
    def add(response: Response) -> Response:
        is_file = (request.endpoint or "").rpartition(".")[2] in {"static", "asset"}
        wanted = {**headers, "Cache-Control": "no-cache" if is_file else "no-store"}
        # One pass over all names: `setdefault` makes one for each.
        there = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - no mapping
        response.headers.extend({name: wanted[name] for name in wanted if name.lower() not in there})
        return response
