"""What an endpoint wants to be asked before it answers a GET."""

import re

_QUESTIONS = {
    "/v1/lanes": "?subject={partner_id}",
    "/v1/learning-paths/plan": "?tier=select&partner_type=reseller",
    "/v1/catalogue/plan": "?tier=select&partner_type=reseller",
}


def question_of(path: str, partner_id: str) -> str:
    """The query to append to the path; about the partner where it is about one."""
    return _QUESTIONS.get(path, "").format(partner_id=partner_id)


def names_only_known_ids(path: str) -> bool:
    """Whether the path is about a partner, a grant of it, or a list: what a test has at hand."""
    return set(re.findall(r"\{(\w+)\}", path)) <= {"partner_id", "grant_id"}
