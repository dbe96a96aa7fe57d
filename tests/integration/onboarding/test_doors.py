"""Every way in that needs no sign-in is known, with what keeps strangers from using it up."""

from flask import Flask

# What changes something, or costs a look into the database, for anybody.
LIMITED = {
    "POST /apply": "apply",
    "POST /v1/applications": "apply",
    "POST /new-link": "request_link",
    "POST /v1/link-requests": "request_link",
    "POST /check-your-mail": "correct_address, by the browser that applied",
    "GET /links/<token>": "open_link_wrongly",
    "POST /links/<token>": "open_link_wrongly",
    "GET /memberships/<token>": "open_link_wrongly",
    "POST /memberships/<token>": "open_link_wrongly",
    "POST /v1/sessions": "open_link_wrongly",
    "POST /v1/memberships": "open_link_wrongly",
    "POST /drafts": "save_draft",
    "POST /v1/drafts": "save_draft",
    "PUT /v1/drafts": "save_draft",
    "GET /drafts/<token>": "open_link_wrongly",
    "POST /v1/draft-openings": "open_link_wrongly",
    "POST /v1/passkey-challenges": "use_passkey",
    "POST /v1/passkey-sessions": "open_link_wrongly",
    "POST /passkey-sign-in": "open_link_wrongly",
}
# What shows the same to everybody, or nothing.
HARMLESS = {
    "GET /": "a page without data",
    "GET /apply": "a page without data",
    "GET /new-link": "a page without data",
    "GET /check-your-mail": "reads one row for a browser with a signed cookie",
    "GET /session": "leads on by a signed cookie",
    "POST /sign-out": "ends the session of a signed cookie",
    "GET /v1/agreements/current": "a file",
    "GET /openapi.json": "a file",
    "GET /docs": "a file",
    "GET /docs/assets/<path:name>": "a file",
    "GET /schemas/<name>/<file>": "a file",
    "GET /static/<path:filename>": "a file",
    "GET /static/look/<path:filename>": "a file",
    "GET /static/partner/<path:filename>": "a file",
    "GET /health/live": "no database",
    "GET /health/ready": "at most one look in two seconds",
}


def test_no_way_in_is_unknown(app: Flask) -> None:
    client = app.test_client()
    open_to_all = set()
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.rule.startswith("/health/"):  # probes would look for Kafka here
                open_to_all.add(f"{method} {rule.rule}")
                continue
            path = rule.rule
            for name in rule.arguments:
                value = "00000000-0000-0000-0000-000000000001" if "uuid" in path else "x"
                path = path.replace(f"<uuid:{name}>", value).replace(f"<path:{name}>", value)
                path = path.replace(f"<{name}>", value)
            answer = client.open(path, method=method, headers={"Sec-Fetch-Site": "none"})
            sends_away = answer.status_code == 303 and answer.location.partition("?")[0] == "/new-link"
            if answer.status_code != 401 and not (sends_away and rule.rule not in {"/session"}):
                open_to_all.add(f"{method} {rule.rule}")
    assert open_to_all == LIMITED.keys() | HARMLESS.keys()
