"""What an endpoint wants to be asked before it answers a GET."""

_QUESTIONS = {
    "/v1/lanes": "?subject={partner_id}",
    "/v1/catalogue/plan": "?tier=select&partner_type=reseller",
}


def question_of(path: str, partner_id: str) -> str:
    """The query to append to the path; about the partner where it is about one."""
    return _QUESTIONS.get(path, "").format(partner_id=partner_id)
