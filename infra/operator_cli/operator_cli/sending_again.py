"""`gangway republish`."""

from operator_cli.described import Given, act
from operator_cli.screen import Facts


def _sent(told: Facts) -> str:
    sentence = f"{told['events']} events of {told['service']} will be sent again."
    if told["left_out"]:
        sentence += f" Left out, since only the newest counts there: {', '.join(told['left_out'])}."
    return sentence


republish = act(
    "republish",
    "POST /v1/republications",
    "Send events of a service again that it still keeps; who has seen them drops them.",
    _sent,
    Given("since", "Sent at or after this time (UTC)."),
    Given("until", "Sent at or before this time (UTC)."),
    Given("subject", "Only of this partner id."),
    Given("topic", "Only of this topic."),
)
