"""A finding of automatic screening."""

from dataclasses import dataclass

# The event has room for this many, and an operator reads no more.
MOST_FINDINGS = 50


@dataclass(frozen=True)
class Finding:
    """Something a person should look at; for operators only, never told to the applicant.

    Events carry it, so it holds no personal data, the domain of somebody's address included.
    """

    code: str
    message: str
