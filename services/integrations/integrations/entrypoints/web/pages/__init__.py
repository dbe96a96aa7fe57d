"""The portal for engineers who integrate: made on the server, usable without scripts and by keyboard."""

from integrations.entrypoints.web.pages import (
    arriving,
    deliveries_shown,
    endpoint_acts,
    endpoint_form,
    endpoints_shown,
    events_shown,
    kafka_access,
    live_view,
    log,
    people,
    replays,
    sharing,
    test_console,
    tokens,
)

PAGES = (
    *(events_shown.pages, arriving.pages, endpoints_shown.pages, endpoint_form.pages, endpoint_acts.pages),
    *(deliveries_shown.pages, replays.pages, test_console.pages, live_view.pages),
    *(tokens.pages, kafka_access.pages, people.pages, log.pages, sharing.pages),
)
# What leads through the portal, in this order: a view, and the word for it (`nav-…`).
NAVIGATION = (
    ("catalogue.show", "events"),
    ("endpoints_shown.show_all", "endpoints"),
    ("deliveries_shown.show_all", "deliveries"),
    ("replays.show_all", "replays"),
    ("test_console.show", "console"),
    ("live_view.show", "live"),
    ("tokens.show", "tokens"),
    ("kafka_access.show", "kafka"),
    ("people_pages.show", "people"),
    ("log_shown.show", "log"),
)
