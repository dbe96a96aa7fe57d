"""Who decides, as events and the timeline name them."""

from chassis.http.principals import Kind, current_principal
from onboarding.domain.partners import Actor

_LONGEST_NAME = 200


def current_operator() -> Actor:
    """The operator of this request; the contract wants a name of bounded length."""
    return Actor("operator", current_principal().name.strip()[:_LONGEST_NAME] or "operator")


def current_actor() -> Actor:
    """The operator or the partner, whoever sends this request."""
    return current_operator() if current_principal().kind is Kind.OPERATOR else Actor("partner")
