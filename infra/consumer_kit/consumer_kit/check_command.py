"""`gangway consumer check`: what a receiver gets wrong, and why it matters."""

from collections.abc import Iterable, Sequence

import click

from consumer_kit.cases import CASES, Case
from consumer_kit.cases.case import Outcome, Verdict
from consumer_kit.cases.first import FIRST
from consumer_kit.cases.genuine import approved
from consumer_kit.options import (
    EXIT_WRONG,
    body_option,
    expect_reachable,
    expect_url,
    secret_option,
    url_argument,
)
from consumer_kit.trial import Receiver, on_trial
from consumer_kit.webhooks import BodyKind, Secret
from operator_cli.printable import in_json, one_line

_MOST_SHOWN = 8
_NAMES = [case.name for case in CASES]


@click.command()
@url_argument
@secret_option
@body_option
@click.option("--probe", help="Where the receiver's test environment tells effects; see docs/webhooks.md.")
@click.option("--case", "wanted", type=click.Choice(_NAMES), multiple=True, help="Only this (repeatable).")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def check(
    *, url: str, secret: Secret, body: str, probe: str | None, wanted: tuple[str, ...], is_json: bool
) -> None:
    """Send a receiver what Gangway sends, and what it never would, and tell what it got wrong.

    Give it a receiver of a test environment: what it takes will take effect. Exits with 0 where nothing is
    wrong, 1 where something is, 2 where the command is, 3 where nothing listens.
    """
    receiver = Receiver(
        url=expect_url(url), secret=secret, body=BodyKind(body), probe=probe and expect_url(probe)
    )
    cases = [case for case in CASES if not wanted or case.name in wanted]
    with on_trial(receiver) as trial:
        expect_reachable(trial, trial.send(trial.of(approved())))
        outcomes = []
        for case in cases:
            outcomes.append(case.tried_on(trial))
            if not is_json:
                _show(outcomes[-1])
            if _is_nothing_taken(outcomes[-1]):
                break  # the others would say the same, a hundred times
    if is_json:
        click.echo(in_json([_facts(outcome) for outcome in outcomes], indent=2))
    else:
        click.echo(_summary(outcomes, receiver))
    if any(outcome.wrong for outcome in outcomes):
        raise click.exceptions.Exit(EXIT_WRONG)


def _is_nothing_taken(outcome: Outcome) -> bool:
    return outcome.case in FIRST and bool(outcome.wrong)


def _show(outcome: Outcome) -> None:
    case: Case = outcome.case
    click.echo(f"{str(outcome.verdict).upper():<15} {case.name}: {case.title}")
    for wrong in outcome.wrong[:_MOST_SHOWN]:
        click.echo(f"{'':16}- {one_line(wrong)}")
    if (more := len(outcome.wrong) - _MOST_SHOWN) > 0:
        click.echo(f"{'':16}- and {more} more")
    if outcome.wrong:
        click.echo(f"{'':16}{case.why}")
    if outcome.verdict is Verdict.NOT_OBSERVABLE:
        click.echo(f"{'':16}Answers were right; not seen: {'; '.join(outcome.unseen)}.")


def _facts(outcome: Outcome) -> dict[str, object]:
    case = outcome.case
    return {
        "case": case.name,
        "title": case.title,
        "verdict": str(outcome.verdict),
        "wrong": list(outcome.wrong),
        "not_seen": list(outcome.unseen),
        "why": case.why,
    }


def _summary(outcomes: Sequence[Outcome], receiver: Receiver) -> str:
    verdicts = [outcome.verdict for outcome in outcomes]
    counted: Iterable[str] = (f"{verdicts.count(one)} {one}" for one in Verdict)
    other = next(kind for kind in BodyKind if kind is not receiver.body)
    summary = f"{', '.join(counted)}. Sent as {receiver.body}; --body {other} tries the other way."
    return f"{summary} The other cases were not tried." if _is_nothing_taken(outcomes[-1]) else summary
