"""`gangway jobs list|retry|discard`: background work of a service that is not done."""

from operator_cli.described import DescribedGroup, Given
from operator_cli.screen import Column, Facts, at

_FAILED: tuple[Column, ...] = (
    ("service", "service"),
    ("job", "job"),
    ("task", "task"),
    ("about", "arguments"),
    ("state", "state"),
    ("since", at("since")),
    ("attempts", "attempts"),
    ("next try", at("next_attempt_at")),
    ("code", "code"),
    ("cause", "message"),
)
_CHOSEN = (
    Given("job", "Only this one; its number as `list` tells it."),
    Given("task", "All of this task, at most 1,000."),
)


def _and_more(sentence: str, told: Facts) -> str:
    return f"{sentence.format_map(told)}{' There may be more: ask again.' if told['has_more'] else ''}"


jobs = DescribedGroup("jobs", help="Background jobs whose work is not done.")
jobs.listing(
    "list",
    "GET /v1/failed-jobs",
    "List jobs that failed for good (failed), or fail again and again (retrying), with the cause.",
    _FAILED,
    Given("task", "Only of this task."),
    nothing="No job has failed.",
)
jobs.act(
    "retry",
    "POST /v1/failed-jobs/retry",
    "Try them again, now and with all their attempts: once the cause is mended.",
    lambda told: _and_more("{jobs} jobs of {service} are tried again.", told),
    *_CHOSEN,
)
jobs.act(
    "discard",
    "POST /v1/failed-jobs/discard",
    "Give them up: their work is not done.",
    lambda told: _and_more("{jobs} jobs of {service} are given up.", told),
    *_CHOSEN,
)
