"""The ways that every page of the console offers, in groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from chassis.http.queries import own_path
from console.entrypoints.web.pages.integrator_list import has_integrators

# Which page each way leads to, by its word; the start page stands before the groups.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "company": {
        "partners": "find_partners.show",
        "reviews": "review_queue.show",
        "requests": "request_list.show",
        "proposals": "proposal_list.show",
    },
    "access": {
        "grants": "grant_list.show",
        "accounts": "account_list.show",
        "findings": "finding_list.show",
        "dry-run": "dry_run.try_profile",
    },
    "outward": {"mails": "mail_list.show", "integrators": "integrator_list.show"},
    "events": {
        "dead-letters": "dead_letter_list.show",
        "lanes": "lane_list.show_parked",
        "holes": "lane_list.show_holes",
        "consumers": "consumer_list.show",
        "jobs": "job_list.show",
    },
    "record": {"numbers": "numbers.show", "spend": "spend_list.show", "audit": "audit_log.show"},
}


@dataclass(frozen=True)
class Way:
    """One way; ``is_here`` on its page and on those below it."""

    name: str
    url: str
    is_here: bool


def navigation() -> Iterator[tuple[str, Sequence[Way]]]:
    """The groups, each with its ways."""
    for group, ways in GROUPS.items():
        offered = [_way(name, url_for(to)) for name, to in ways.items()]
        yield group, [way for way in offered if way.name != "integrators" or has_integrators()]


def _way(name: str, url: str) -> Way:
    return Way(name, url, f"{own_path()}/".startswith(f"{url}/"))
