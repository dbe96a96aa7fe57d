"""`gangway demo`: start the stack, onboard the partners of a file, then check the outside systems."""

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from local_stack.demo.browser import PageError
from local_stack.demo.journey import BEING_MADE, Journey, JourneyStuck
from local_stack.demo.mails import Mailbox, MailDidNotCome
from local_stack.demo.outside import Outside
from local_stack.demo.partners import Candidate, PartnersFileError, read_partners
from local_stack.demo.report import Outcome, seconds_to_active, show
from local_stack.demo.running_stack import pointed_at, stack_options
from local_stack.settings import REPOSITORY, read_stack_settings
from local_stack.stack_commands import up, who_signs_in
from operator_client.access import Access
from operator_client.http import OperatorsFailure, OperatorsHttp
from operator_client.operator import Operator

_EXPECTED_FAILURES = (JourneyStuck, MailDidNotCome, PageError, OperatorsFailure, httpx.HTTPError)
_GONE_OR_NEVER_THERE = {"revoked", "cancelled"}


@click.command()
@click.option(
    "--partners",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="PARTNERS",
    default=REPOSITORY / "examples" / "partners.json",
    help="A JSON file like examples/partners.json.",
)
@click.option(
    "--timeout",
    "timeout_seconds",
    default=180.0,
    show_default=True,
    help="Seconds that one partner may take.",
)
@stack_options
@click.pass_context
def demo(context: click.Context, /, partners: Path, timeout_seconds: float, **stack: Any) -> None:
    """Onboard partners through the public HTTP interfaces, show them, and check the outside.

    Starts the local stack, unless --addresses or URLs point at a stack that runs already.
    """
    try:
        candidates = read_partners(partners)
    except PartnersFileError as error:
        raise click.ClickException(str(error)) from error
    addresses = pointed_at(stack)
    is_local = addresses is None
    if addresses is None:
        context.invoke(up)
        addresses = _addresses()
    try:
        is_well = _show_onboarding(candidates, addresses, timeout_seconds, is_local)
    except KeyboardInterrupt:
        click.echo(f"Interrupted. {_goes_on(is_local)}", err=True)
        sys.exit(130)
    if not is_well:
        sys.exit(1)


def _show_onboarding(
    candidates: list[Candidate], addresses: dict[str, Any], timeout_seconds: float, is_local: bool
) -> bool:
    """Onboard them, show them and what the outside has of them; return whether all is as it should be."""
    operator = Operator(OperatorsHttp(Access(addresses, addresses["ops_token"])))
    mailbox = Mailbox(addresses["mailbox"])
    console = Console(width=None if sys.stdout.isatty() else 140)
    started = time.monotonic()
    with _progress(console) as progress:
        journeys = [
            Journey(candidate, addresses, operator, mailbox, timeout_seconds, _teller(progress, candidate))
            for candidate in candidates
        ]
        with ThreadPoolExecutor(max_workers=max(1, len(journeys))) as pool:
            failures = list(pool.map(_run, journeys))
    console.print(f"{len(journeys)} partners on their way and there in {time.monotonic() - started:.1f} s")
    outside = Outside(addresses)
    outcomes = [
        _outcome(journey, failure, operator, outside)
        for journey, failure in zip(journeys, failures, strict=True)
    ]
    show(outcomes, console)
    faults = sum(len(outcome.faults) for outcome in outcomes)
    if faults:
        console.print(f"{faults} things are not as they should be.", style="bold red")
        return False
    if outside.asked:
        console.print(f"Asked {outside.asked}: everything granted is there, everything undone is gone.")
    if outside.not_asked:
        console.print(f"Not asked, as nobody said where to: {outside.not_asked}.")
    operators = " Operators: .venv/bin/gangway --help" if is_local else ""
    console.print(f"{_goes_on(is_local)}{operators}", soft_wrap=True)
    console.print(f"Pages: {addresses['onboarding']}  Mails: {addresses['mailbox']}", soft_wrap=True)
    if is_local:
        _show_who_signs_in(addresses, console)
    return True


def _goes_on(is_local: bool) -> str:
    return f"The stack goes on running{', until `make down`' if is_local else ''}."


def _show_who_signs_in(addresses: dict[str, Any], console: Console) -> None:
    if how := who_signs_in(addresses, _addresses_file()):
        console.print(how, soft_wrap=True)
    if "portal" in addresses:
        who, where = addresses["portal_person"], addresses["mailbox"]
        portal = f"Vendors: {addresses['portal']} as {who}; the link comes by mail to {where}"
        console.print(portal, soft_wrap=True)


def _addresses() -> dict[str, Any]:
    path = _addresses_file()
    addresses: dict[str, Any] = json.loads(path.read_text())
    if "mailbox" not in addresses:
        raise click.ClickException("the demo clicks links in mails, so it needs the stack's own mailbox")
    return addresses


def _addresses_file() -> Path:
    return read_stack_settings(os.environ).home / "addresses.json"


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
        console=console,
    )


def _teller(progress: Progress, candidate: Candidate) -> Callable[[str], None]:
    task = progress.add_task(candidate.name.replace("[", "\\["), total=1, state="")
    told = ""

    def tell(state: str) -> None:
        nonlocal told
        progress.update(task, state=state, completed=int(state == candidate.outcome))
        if state != told and not progress.console.is_terminal:
            progress.console.print(f"{candidate.name}: {state}", markup=False, highlight=False)
        told = state

    return tell


def _run(journey: Journey) -> str | None:
    try:
        journey.run()
    except _EXPECTED_FAILURES as failure:
        return f"{type(failure).__name__}: {failure}"
    return None


def _outcome(journey: Journey, failure: str | None, operator: Operator, outside: Outside) -> Outcome:
    outcome = Outcome(
        journey.candidate.name,
        "not applied",
        was_known=journey.was_known,
    )
    if failure:
        outcome.faults.append(failure)
    if journey.partner_id:
        try:
            _look(outcome, journey, operator, outside)
        except _EXPECTED_FAILURES as unanswered:
            outcome.faults.append(f"{type(unanswered).__name__}: {unanswered}")
    return outcome


def _look(outcome: Outcome, journey: Journey, operator: Operator, outside: Outside) -> None:
    """Ask the services for the state of the partner, and the outside systems whether it is true."""
    partner = operator.partner(journey.partner_id)
    outcome.state = partner["state"]
    outcome.grants = operator.grants(journey.partner_id)
    outcome.invitations = operator.invitations(journey.partner_id)
    outcome.seconds_to_active = seconds_to_active(operator.timeline(journey.partner_id))
    why = "The demo asks the outside for each person."
    people = operator.move(journey.partner_id, "disclosure", reason=why)
    confirmed = [person for person in people["members"] if person["standing"] == "confirmed"]
    emails = [person["email"] for person in [people["contact"], *confirmed]]
    for grant in outcome.grants:
        if grant["state"] == "granted":
            outcome.faults += outside.missing(grant["product"], grant["identifiers"], emails)
        elif grant["state"] in BEING_MADE:
            outcome.faults.append(_still_being_made(grant))
        elif grant["state"] in _GONE_OR_NEVER_THERE:
            outcome.faults += outside.left_over(grant["product"], grant["identifiers"], emails)
        elif grant["required"] or grant["state"] != "failed":
            outcome.faults.append(f"{grant['product']} is {grant['state']}")


def _still_being_made(grant: dict[str, Any]) -> str:
    cause = f", because {grant['cause']['message']}" if grant["cause"] else ""
    return f"{grant['product']} is still being made ({grant['state']}){cause}"
