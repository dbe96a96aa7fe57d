"""Everything about one partner on one page, from all three services."""

from collections import Counter
from collections.abc import Callable

from operator_cli.grant_view import GRANT_COLUMNS, STEP_COLUMNS, named_steps
from operator_cli.messages import INVITATION_COLUMNS, MESSAGE_COLUMNS
from operator_cli.screen import Screen, moment
from operator_client.http import OperatorsFailure, Refused
from operator_client.operator import NOT_FOUND, Facts, Operator

HIDDEN = "[personal]"


def gather(operator: Operator, partner_id: str, *, reason_to_see_people: str | None) -> Facts:
    """Ask all services. Those that do not answer are in `unanswered`; only onboarding has to answer."""
    partner = operator.partner(partner_id)
    if reason_to_see_people is not None:
        partner |= operator.move(partner_id, "disclosure", reason=reason_to_see_people)
    unanswered: list[str] = []

    def ask(question: Callable[[str], list[Facts]]) -> list[Facts]:
        try:
            return question(partner_id)
        except OperatorsFailure as failure:
            is_not_known_yet = isinstance(failure, Refused) and failure.status == NOT_FOUND
            if not is_not_known_yet and str(failure) not in unanswered:
                unanswered.append(str(failure))
            return []

    return {
        "partner": partner,
        "grants": ask(operator.grants),
        "invitations": ask(operator.invitations),
        "messages": ask(operator.messages),
        "unanswered": unanswered,
    }


def show_page(screen: Screen, page: Facts) -> None:
    """The page for people."""
    partner = page["partner"]
    screen.facts(_told(partner))
    if partner.get("findings"):
        screen.heading("Findings")
        screen.rows(partner["findings"], (("code", "code"), ("what", "message")))
    screen.heading("Products")
    screen.rows(page["grants"], GRANT_COLUMNS)
    if steps := named_steps(page["grants"]):
        screen.heading("Steps")
        screen.rows(steps, STEP_COLUMNS)
    screen.heading("Invitations")
    screen.rows(page["invitations"], INVITATION_COLUMNS)
    screen.heading("Messages")
    screen.rows(page["messages"], MESSAGE_COLUMNS)
    for failure in page["unanswered"]:
        screen.heading(f"Not all is shown. {failure}")


def _told(partner: Facts) -> Facts:
    company, decision = partner["company"], partner["decision"]
    correction, agreement = partner["correction"], partner["agreement"]
    return {
        "company": company["legal_name"],
        "id": partner["partner_id"],
        "state": partner["state"],
        "since": moment(partner["state_entered_at"]),
        "deadline": moment(partner["deadline_at"]),
        "possible moves": partner.get("moves"),
        "registered": f"{company['registration_number']}, {company['country']}",
        "website": company["website"],
        "kind": partner["partner_type"],
        "tier": partner["tier"],
        "competences": partner["competences"],
        "wishes": partner["products_wanted"],
        "expects": partner["expected_benefits"],
        "contact": _person(partner["contact"]),
        "members": [_person(member) for member in partner["members"]],
        "named people": _standings(partner),
        "decision": decision and _decision(decision),
        "to correct": correction and f"{', '.join(correction['fields'])}: {correction['message']}",
        "agreement": agreement and _agreement(agreement),
    }


def _standings(partner: Facts) -> str:
    """How many of the named people have confirmed that they belong to the partner."""
    counts = Counter(member["standing"] for member in partner["members"])
    counts["declined"] = partner["declined_count"]
    return ", ".join(f"{number} {standing}" for standing, number in counts.items() if number) or "none"


def _decision(decision: Facts) -> str:
    by = " ".join(dict.fromkeys(filter(None, (decision["by"], decision.get("by_name")))))
    return f"{decision['reason']} ({by}, {moment(decision['at'])})"


def _agreement(agreement: Facts) -> str:
    return f"version {agreement['agreement_version']}, accepted {moment(agreement['accepted_at'])}"


def _person(person: Facts) -> str:
    if person["email"] == HIDDEN:
        return f"{HIDDEN} {person['member_id']}"
    return f"{person['given_name']} {person['family_name']} <{person['email']}>"
