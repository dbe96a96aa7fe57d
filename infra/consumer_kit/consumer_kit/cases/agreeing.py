"""What Gangway asks an address before it sends anything there, where that is asked for."""

from consumer_kit.cases.case import Case
from consumer_kit.trial import Trial

ORIGIN = "gangway.example"
# What servers answer that know no OPTIONS, or not this kind.
_TAKES_NO_PART = frozenset({404, 405, 501})


def _agreement(trial: Trial) -> None:
    answer = trial.ask(ORIGIN)
    if isinstance(answer, str):
        trial.wrong.append(f"OPTIONS with WebHook-Request-Origin: {answer}")
        return
    status, allowed = answer
    if allowed.lower() in {"*", ORIGIN} and 200 <= status < 300:
        return
    if allowed or (status >= 300 and status not in _TAKES_NO_PART):
        told = f"answered {status}, WebHook-Allowed-Origin: {allowed or 'none'}"
        trial.wrong.append(f"OPTIONS with WebHook-Request-Origin: {ORIGIN}: {told}")
    else:
        trial.unseen.append("agreement; an endpoint that has to be verified would get nothing")


AGREEING: tuple[Case, ...] = (
    Case(
        "agreement",
        "The question whether it wants our events",
        "It is asked once, by OPTIONS (CloudEvents, HTTP Webhook, 4.1): answer 2xx, with our origin or *.",
        _agreement,
        is_optional=True,
    ),
)
