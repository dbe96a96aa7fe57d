"""Parts that are away for a while: causes are told in words, and everything arrives afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.partners import REVIEWED_BY_PEOPLE, Vendor
from tests.end_to_end.stacks import LocalStack
from tests.end_to_end.waiting import wait_for

from local_stack.supervisor.state_file import GOOD_STATES, RunFolder, StackState

NOTHING_TO_RETRY = "cannot become provisioning"  # it was quicker by itself


@contextmanager
def away(stack: LocalStack, name: str) -> Iterator[None]:
    """One part is stopped; afterwards it serves again, and so do those that were started anew with it."""
    stopped = stack.gangway("stop", name)
    assert stopped.returncode == 0, stopped.stderr
    try:
        yield
    finally:
        started = stack.gangway("start", name)
    assert started.returncode == 0, started.stderr
    await_health(stack)


def state_of(stack: LocalStack) -> StackState:
    state = RunFolder(Path(stack.environ["GANGWAY_HOME"])).read()
    assert state is not None
    return state


def await_health(stack: LocalStack) -> None:
    wait_for(
        "parts that are not well",
        lambda: [part.name for part in state_of(stack).processes if part.state not in GOOD_STATES],
        lambda names: not names,
    )


def test_while_aws_is_away_the_cause_is_told_and_it_is_tried_again(
    local_stack: LocalStack, vendor: Vendor
) -> None:
    partner = vendor.new_partner("cloud_sandbox", "crm")
    partner.sign_in()
    partner.await_state("approved")
    with away(local_stack, "aws"):
        partner.accept_agreement()
        grant = wait_for(
            "the sandbox's cause",
            lambda: partner.grants().get("cloud_sandbox"),
            lambda found: found is not None and found["cause"] is not None,
        )
        assert grant is not None
        assert grant["state"] != "granted"
        assert "AWS" in grant["cause"]["message"]
        shown = wait_for(
            "the cause that the partner sees",
            lambda: {product["product"]: product["cause"] for product in partner.see()["products"]},
            lambda causes: causes.get("cloud_sandbox") is not None,
        )
        assert "AWS" in shown["cloud_sandbox"]["message"]
        wait_for(
            "CRM, which nobody stopped",
            lambda: partner.grants()["crm"]["state"],
            lambda state: state == "granted",
        )
        assert partner.state == "provisioning"
    tried = local_stack.gangway("grants", "retry", grant["grant_id"], "--reason", "AWS is back.")
    assert tried.returncode == 0 or NOTHING_TO_RETRY in tried.stderr, tried.stderr
    partner.await_state("active")
    assert vendor.there(partner) == []
    assert len(vendor.accounts_of(partner)) == 1
    failures = [entry for entry in partner.timeline() if entry["code"] == "access.failed"]
    assert failures
    assert all("AWS" in entry["text"] for entry in failures)


def test_while_mail_is_away_the_cause_is_told_and_it_arrives_by_itself(
    local_stack: LocalStack, vendor: Vendor
) -> None:
    partner = vendor.new_partner("crm", country=REVIEWED_BY_PEOPLE)
    partner.sign_in()
    partner.await_state("in_review")
    with away(local_stack, "mail"):
        asked = {"fields": ["website"], "message": "Another one, please."}
        vendor.operator.move(partner.id, "correction-request", **asked)
        waiting = wait_for(
            "the mail's cause",
            lambda: [m for m in vendor.operator.messages(partner.id) if m["kind"] == "correction_needed"],
            lambda found: found and found[0]["cause"],
        )
        assert waiting[0]["state"] != "sent"
        wait_for(
            "the failure in the partner's timeline",
            lambda: [entry["text"] for entry in partner.timeline() if entry["code"] == "message.failed"],
        )
        assert partner.see()["correction"]["message"] == "Another one, please."
    partner.sign_in()  # by the link of the mail that comes late
    sent = [m["state"] for m in vendor.operator.messages(partner.id) if m["kind"] == "correction_needed"]
    assert sent == ["sent"]


def test_while_kafka_is_away_applications_are_taken_and_everything_arrives_afterwards(
    local_stack: LocalStack, vendor: Vendor
) -> None:
    kafka = "kafka-1" if vendor.addresses["kafka_kind"] == "apache" else "kafka"
    verified = vendor.new_partner("crm")
    verified.sign_in()
    verified.await_state("approved")
    with away(local_stack, kafka):
        applied = [vendor.new_partner("crm") for _ in range(3)]
        verified.accept_agreement()
        assert [partner.state for partner in applied] == ["applied"] * 3
    verified.await_state("active")
    for partner in applied:
        partner.become_active()
