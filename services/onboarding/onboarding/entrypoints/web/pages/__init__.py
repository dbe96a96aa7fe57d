"""The pages for applicants and partners: made on the server, usable without scripts and by keyboard."""

from onboarding.entrypoints.web.pages import (
    agreement,
    applying,
    arriving,
    correcting,
    drafts,
    leaving,
    memberships,
    own_data,
    passkeys,
    people,
    profile,
    requesting,
    sessions,
    status,
    waiting,
)

PAGES = (
    *(applying.pages, drafts.pages, waiting.pages, arriving.pages, status.pages),
    *(correcting.pages, agreement.pages, leaving.pages),
    *(memberships.pages, people.pages, requesting.pages, profile.pages),
    *(own_data.pages, sessions.pages, passkeys.pages),
)
