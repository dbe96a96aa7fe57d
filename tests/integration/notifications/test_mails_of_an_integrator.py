"""Which mails an integrator's people get, and that they are no part of any partner's story."""

from dataclasses import replace
from uuid import uuid4

import pytest
from tests.integration.notifications.conftest import World

from notifications.handlers.delivery import Outcome

VERA = "vera@maps.example"


def tell(world: World, name: str, **changes: object) -> None:
    """The contract's example, twice: the second time it is known."""
    event = replace(world.next_event(f"integrator.{name}", **changes), topic="integrator.lifecycle.v1")
    world.tell_again(event)
    world.tell_again(event)


@pytest.mark.parametrize(
    ("name", "subject", "address"),
    [
        ("sign_in_requested", "Your link to the event portal", "http://127.0.0.1:18437/links/"),
        (
            "endpoint_failing",
            "Your endpoint at hooks.maps.example is failing",
            "http://127.0.0.1:18437/endpoints/0199b1a2-7e44-7b21-8d22-7c8e9fa01b23",
        ),
        (
            "endpoint_disabled",
            "Your endpoint at hooks.maps.example has been disabled",
            "http://127.0.0.1:18437/endpoints/0199b1a2-7e44-7b21-8d22-7c8e9fa01b23",
        ),
    ],
)
def test_each_event_is_one_mail_that_says_what_to_do(
    world: World, name: str, subject: str, address: str
) -> None:
    tell(world, name)
    assert world.deliver() == [Outcome.SENT]
    (mail,) = world.transport.parsed(VERA)
    assert mail["Subject"] == subject
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert address in text
    assert "Nordic Maps" in " ".join(text.split())
    assert world.events() == [], "message.sent tells of partners' mails"


def test_a_link_that_ran_out_is_not_sent(world: World) -> None:
    link = {"id": str(uuid4()), "expires_at": "2026-01-01T00:00:00Z"}
    tell(world, "sign_in_requested", link=link)
    assert world.deliver() == []
    assert world.rows("SELECT code FROM messages") == [{"code": "link_expired"}]


def test_who_is_removed_is_forgotten_and_written_no_more(world: World) -> None:
    tell(world, "endpoint_failing")
    tell(world, "person_removed")
    assert world.deliver() == []
    assert world.transport.mails == []
    assert world.rows("SELECT FROM members") == []
    assert world.rows("SELECT state, code FROM messages") == [
        {"state": "cancelled", "code": "recipient_gone"}
    ]
