"""The start page: what waits for us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, url_for

from console.entrypoints.web.asking import Answers, lists_of_services, services
from console.entrypoints.web.pages.grant_list import ENDING_DAYS
from operator_client.operator import Facts

pages = Blueprint("home", __name__, template_folder="templates")

# What waits for people, by kind: which service counts it, and the list it leads to.
TASKS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "reviews": ("onboarding", "review_queue.show", {}),
    "requests": ("onboarding", "request_list.show", {}),
    "grants_to_approve": ("provisioning", "grant_list.show", {"to_approve": "true"}),
    "failed_grants": ("provisioning", "grant_list.show", {"state": "failed"}),
    "stuck_steps": ("provisioning", "grant_list.show", {"stuck": "true"}),
    "leases_ending": ("provisioning", "grant_list.show", {"ends_within": ENDING_DAYS}),
    "budget_freezes": ("provisioning", "grant_list.show", {"frozen_for": "budget"}),
    "accounts_not_seen": ("provisioning", "grant_list.show", {"cost_not_seen": "true"}),
    "quarantined_accounts": ("provisioning", "account_list.show", {"state": "quarantined"}),
    "stuck_accounts": ("provisioning", "account_list.show", {"stuck": "true"}),
    "findings": ("provisioning", "finding_list.show", {}),
    "failed_messages": ("notifications", "mail_list.show", {}),
    "late_messages": ("notifications", "mail_list.show", {"still_tried": "true"}),
    "silent_webhooks": ("integrations", "integrator_list.show", {}),
}
# The same kinds in each service.
EVENTS: Mapping[str, str] = {
    "unsent_events": "consumer_list.show",
    "stopped_partitions": "consumer_list.show",
    "dead_letters": "dead_letter_list.show",
    "parked_lanes": "lane_list.show_parked",
    "holes": "lane_list.show_holes",
    "proposals": "proposal_list.show",
    "failed_jobs": "job_list.show",
}


@dataclass(frozen=True)
class Waiting:
    """So much of one kind; ``count`` is None while its service does not answer."""

    kind: str
    service: str
    url: str
    count: int | None = None
    has_more: bool = False
    oldest_at: str | None = None


@pages.get("/")
def show() -> Any:
    """Count it all, side by side."""
    answers = lists_of_services("GET /v1/waiting")
    tasks = [
        _waiting(answers, kind, service, url_for(endpoint, **query))
        for kind, (service, endpoint, query) in TASKS.items()
        if service in services()
    ]
    events = {
        service: [
            _waiting(answers, kind, service, url_for(endpoint, service=service))
            for kind, endpoint in EVENTS.items()
        ]
        for service in services()
    }
    return render_template(
        "home.html", tasks=tasks, events=events, kinds=tuple(EVENTS), failures=answers.failures
    )


def _waiting(answers: Answers[list[Facts]], kind: str, service: str, url: str) -> Waiting:
    line = next((line for line in answers.get(service, []) if line.get("kind") == kind), None)
    if line is None:  # also from a service of another version, which does not count this kind
        return Waiting(kind, service, url)
    return Waiting(kind, service, url, line["count"], line["has_more"], line["oldest_at"])
