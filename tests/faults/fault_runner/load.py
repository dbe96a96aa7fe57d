"""Partners who go through their stories over the public HTTP interfaces, all at once."""

import asyncio
import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx

from fault_runner.boards import MailBoard, StateBoard
from fault_runner.client import Client, GaveUp, Refused
from fault_runner.evidence import Evidence
from fault_runner.stories import REVIEWED, Plot, Story

_LINK_PATIENCE_SECONDS = 25.0


async def live(
    stories: list[Story],
    addresses: Mapping[str, str],
    evidence: Evidence,
    deadline_seconds: float,
    abandoned: threading.Event,
) -> list[str]:
    """Run all stories to their end, or until they are abandoned; return in words those that got stuck."""
    give_up_at = time.monotonic() + deadline_seconds
    client = Client(evidence, give_up_at)
    states = StateBoard(client, addresses["onboarding"], addresses["ops_token"])
    mails = MailBoard(addresses["mailbox"])
    keepers = [asyncio.create_task(_kept(board)) for board in (states, mails)]
    lives = [
        _Life(story, addresses=addresses, client=client, states=states, mails=mails, give_up_at=give_up_at)
        for story in stories
    ]
    try:
        ended = await _ended([asyncio.create_task(life.run()) for life in lives], abandoned)
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await mails.close()
        await client.close()
    return [words for words in ended if words is not None]


async def _ended(lives: list[asyncio.Task[str | None]], abandoned: threading.Event) -> list[str | None]:
    running = set(lives)
    while running:
        _, running = await asyncio.wait(running, timeout=0.5)
        if abandoned.is_set():
            for life in running:
                life.cancel()
    return [life.result() for life in lives]


async def _kept(board: StateBoard | MailBoard) -> None:
    while True:
        try:
            await board.keep()
        except (httpx.HTTPError, Refused, GaveUp):
            await asyncio.sleep(0.5)


class _Life:
    """One partner's way through its story."""

    def __init__(
        self,
        story: Story,
        *,
        addresses: Mapping[str, str],
        client: Client,
        states: StateBoard,
        mails: MailBoard,
        give_up_at: float,
    ) -> None:
        self._story = story
        self._onboarding = addresses["onboarding"]
        self._notifications = addresses["notifications"]
        self._operator = addresses["ops_token"]
        self._client = client
        self._states = states
        self._mails = mails
        self._give_up_at = give_up_at
        self._partner_id = ""
        self._used: set[str] = set()

    async def run(self) -> str | None:
        """Return why it got stuck, None at a good end."""
        try:
            await asyncio.sleep(self._story.starts_after_seconds)
            await self._run()
        except (Refused, GaveUp, TimeoutError, httpx.HTTPError, asyncio.CancelledError) as error:
            where = self._states.state_of(self._partner_id)
            number = self._story.number
            return f"story {number} ({self._story.plot}) got stuck while {where}: {error!r}"
        return None

    async def _run(self) -> None:
        story = self._story
        facts = {"outcome": story.outcome, "registration_number": story.registration_number}
        answer = await self._client.post(
            f"{self._onboarding}/v1/applications", story.application, story=story.number, **facts
        )
        self._partner_id = answer["partner_id"]
        session = await self._sign_in()
        if story.plot in REVIEWED:
            await self._await("in_review")
            if story.plot is Plot.REJECTED:
                await self._operate("rejection", reason="Not now.")
                return
            await self._operate("approval", tier="select", reason="They know what they do.")
        await self._await("approved")
        if story.plot is Plot.WITHDRAWN:
            await self._act("withdrawal", session, reason="We found no time.")
            return
        if not story.answers_late:
            await self._answer_memberships()
        agreement = await self._client.get(f"{self._onboarding}/v1/agreements/current")
        await self._act("agreement-acceptance", session, agreement_version=agreement["agreement_version"])
        await self._await("active")
        if story.answers_late:
            await self._answer_memberships()
        await self._accept_invitation()
        await self._end(session)

    async def _end(self, session: str) -> None:
        plot = self._story.plot
        if plot is Plot.SUSPENDED_AND_RESUMED:
            await self._operate("suspension", reason="An open question.")
            await self._operate("resumption", reason="It was answered.")
        elif plot is Plot.OFFBOARDED_BY_OPERATOR:
            await self._operate("offboarding", reason="The project has ended.")
        elif plot is Plot.LEFT:
            await self._act("offboarding", session, reason="We go another way.")
        await self._await(self._story.outcome)
        if self._story.is_erased:
            noted = {"erased": self._partner_id, "mail_domain": self._story.email.rpartition("@")[2]}
            await self._client.post(self._move("erasure"), {"reason": "They asked."}, self._operator, **noted)

    async def _sign_in(self) -> str:
        """Come in by the newest link; where its answer was lost, the link is burnt and a new one is due."""
        while True:
            try:
                link = await self._new_link(_LINK_PATIENCE_SECONDS)
            except TimeoutError:
                if self._left() <= 0:
                    raise
                continue
            self._used.add(link)
            try:
                body = {"link_token": link.rpartition("/")[2]}
                session = await self._client.post(f"{self._onboarding}/v1/sessions", body)
            except Refused as refused:
                if refused.status != 410:
                    raise
                request = {"email": self._story.email}
                await self._client.post(f"{self._onboarding}/v1/link-requests", request)
            else:
                return str(session["session_token"])

    async def _new_link(self, seconds: float) -> str:
        prefix = f"{self._onboarding}/links/"
        return await self._mails.newest_link(
            self._story.email,
            lambda link: link.startswith(prefix) and link not in self._used,
            min(seconds, max(0.1, self._left())),
        )

    async def _answer_memberships(self) -> None:
        """Those whom the contact named say whether it is right."""
        prefix = f"{self._onboarding}/memberships/"
        for email, is_right in self._story.answers.items():
            link = await self._mails.newest_link(email, lambda found: found.startswith(prefix), self._left())
            body = {"link_token": link.removeprefix(prefix), "is_right": is_right}
            noted: dict[str, Any] = {"answered_for": self._partner_id, "email": email, "is_right": is_right}
            await self._client.post(f"{self._onboarding}/v1/memberships", body, **noted)

    async def _accept_invitation(self) -> None:
        prefix = f"{self._notifications}/invitations/"
        link = await self._mails.newest_link(
            self._story.email, lambda found: found.startswith(prefix), self._left()
        )
        body = {"token": link.removeprefix(prefix).partition("/")[0]}
        url = f"{self._notifications}/v1/invitation-acceptances"
        await self._client.post(url, body, accepted_for=self._partner_id)

    async def _await(self, state: str) -> None:
        await self._states.wait_for(self._partner_id, {state}, self._left())

    async def _operate(self, what: str, **body: Any) -> None:
        await self._act(what, self._operator, **body)

    async def _act(self, what: str, token: str, **body: Any) -> None:
        await self._client.post(self._move(what), body, token)

    def _move(self, what: str) -> str:
        return f"{self._onboarding}/v1/partners/{self._partner_id}/{what}"

    def _left(self) -> float:
        return self._give_up_at - time.monotonic()
