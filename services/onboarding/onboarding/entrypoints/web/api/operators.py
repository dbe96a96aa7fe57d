"""Who decides, as events and the timeline name them."""

from chassis.http.principals import Kind, current_principal
from chassis.http.problems import Problem
from chassis.text.mail_addresses import NotAMailAddress, checked_address
from onboarding.domain.partners import Actor

_LONGEST_NAME = 200


def current_operator() -> Actor:
    """The operator of this request; the contract wants a name of bounded length."""
    return Actor("operator", current_principal().name.strip()[:_LONGEST_NAME] or "operator")


def current_actor() -> Actor:
    """The operator or the partner that sends this request."""
    return current_operator() if current_principal().kind is Kind.OPERATOR else Actor("partner")


def current_email() -> str | None:
    """The verified address of the person who decides; None for a machine, which has no company.

    Without it nobody could tell whether a person decides on the own company, so that is 403.
    """
    operator = current_principal().operator
    if operator is None or operator.issuer is None:
        return None
    try:
        return checked_address(operator.email or "", may_be_international=True)
    except NotAMailAddress:
        detail = "To decide, sign in with a verified email address (the claims email and email_verified)."
        raise Problem(403, "email_not_verified", detail) from None
