"""Data that is no longer needed is deleted, by its age."""

from datetime import timedelta

from onboarding.handlers.ports import Work

# A request whose job never ran.
REQUESTS_KEPT_FOR = timedelta(days=1)
# A mailbox that received nothing for this long starts over.
TURNS_KEPT_FOR = timedelta(days=30)
SESSIONS_KEPT_FOR = timedelta(hours=1)


def forget(work: Work) -> None:
    """Delete expired requests for links, turns of mailboxes, sessions and challenges."""
    now = work.now()
    work.links.forget_requests(now - REQUESTS_KEPT_FOR)
    work.mail_turns.forget(now - TURNS_KEPT_FOR)
    work.sessions.forget(now - SESSIONS_KEPT_FOR)
    work.passkeys.forget_challenges(now)
