"""What happens to another partner, with the same people, changes nothing of a partner's mails."""

from dataclasses import replace
from uuid import uuid4

from tests.integration.notifications.test_mails_of_a_partner import tell_until_active


def seen(world):
    headers, url = {"Authorization": f"Bearer {world.ops_token}"}, f"/v1/partners/{world.partner_id}"
    return [world.client().get(f"{url}/{part}", headers=headers).json for part in ("messages", "invitations")]


def test_nothing_changes_by_what_another_goes_through(world):
    tell_until_active(world)
    before = seen(world)
    assert "planned" in {mail["state"] for mail in before[0]["messages"]}
    assert before[1]["invitations"]
    other = replace(world, partner_id=str(uuid4()), sequence=0)
    tell_until_active(other)
    assert not {one["message_id"] for one in seen(other)[0]["messages"]} & {
        one["message_id"] for one in before[0]["messages"]
    }
    other.send()
    other.tell("partner.offboarding_started")
    other.tell("partner.offboarded")
    assert seen(world) == before
