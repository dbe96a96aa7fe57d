"""One partner's way from the application to its outcome, over public HTTP interfaces only."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from local_stack.demo.browser import Browser
from local_stack.demo.mails import Mailbox
from local_stack.demo.partners import Candidate
from operator_client.http import checked
from operator_client.operator import Operator

# A grant in one of these states will reach another one by itself.
BEING_MADE = frozenset({"planned", "provisioning", "revoking"})
_WAITING = frozenset({"email_verified", "agreement_accepted", "provisioning", "offboarding"})


class JourneyStuck(Exception):
    """The partner did not progress; the message says where and why."""


@dataclass
class Journey:
    """Takes one candidate to its outcome; a partner already under way continues from there."""

    candidate: Candidate
    addresses: dict[str, str]
    operator: Operator
    mailbox: Mailbox
    timeout_seconds: float
    tell: Callable[[str], None]
    partner_id: str = ""
    was_known: bool = False
    _browser: Browser = field(default_factory=Browser)
    _is_signed_in: bool = False
    _offboarding_asked: bool = False
    _used_links: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Continue until the outcome is reached. Raises JourneyStuck."""
        self._give_up = time.monotonic() + self.timeout_seconds
        known = self.operator.find(
            self.candidate.application["company"]["registration_number"], self.candidate.name
        )
        if known and (known["state"] == self.candidate.outcome or not _is_final(known["state"])):
            self.partner_id, self.was_known = known["partner_id"], True
        else:
            self._apply()
        with self._browser:
            while not self._is_there(partner := self.operator.partner(self.partner_id)):
                self.tell(partner["state"])
                self._take_step(partner)
            if partner["state"] == "active":
                self._await_products()
                self._await_people()
                self._collect_keys()
                self._accept_invitation()
        self.tell(partner["state"])

    def _is_there(self, partner: dict[str, Any]) -> bool:
        state, outcome = partner["state"], self.candidate.outcome
        if state == outcome:
            return True
        if _is_final(state):
            raise JourneyStuck(f"ended as {state}, expected {outcome}")
        return False

    def _take_step(self, partner: dict[str, Any]) -> None:
        state = partner["state"]
        if not self._has_time():
            raise JourneyStuck(f"still {state}{_why(partner)}")
        if state == "applied":
            self._click_link()
        elif state == "in_review" and self.candidate.review:
            self._decide(self.candidate.review)
        elif state == "approved":
            self._accept_agreement()
            self._confirm_people()
        elif state == "active" and self.candidate.outcome == "offboarded" and not self._offboarding_asked:
            self.operator.move(self.partner_id, "offboarding", reason="The project has ended.")
            self._offboarding_asked = True
        elif state in _WAITING or state == "active":
            time.sleep(0.2)  # the status is asked for, as a person would reload the page
        else:
            raise JourneyStuck(f"landed in {state}, expected {self.candidate.outcome}{_why(partner)}")

    def _apply(self) -> None:
        """A busy machine may ask to retry; the key makes repeated requests one application."""
        key = str(uuid4())
        while (answer := self._send_application(key)).status_code == 503 and self._has_time():
            time.sleep(int(answer.headers.get("Retry-After", 5)))
        self.partner_id = checked(answer, "onboarding")["partner_id"]
        self.tell("applied")

    def _send_application(self, key: str) -> httpx.Response:
        return httpx.post(
            self.addresses["onboarding"] + "/v1/applications",
            json=self.candidate.application,
            headers={"Idempotency-Key": key},
            timeout=30,
        )

    def _click_link(self, after: int = 0) -> None:
        self._browser.open(self._link_to(self.candidate.contact_email, "onboarding", "/links/", after))
        self._browser.submit("/links/")
        self._is_signed_in = True

    def _answer_mail(
        self, email: str, service: str, path: str, values: Mapping[str, str] | None = None
    ) -> None:
        """In a browser of their own."""
        with Browser() as browser:
            browser.open(self._link_to(email, service, path))
            browser.submit(path, values)

    def _link_to(self, email: str, service: str, path: str, after: int = 0) -> str:
        link = self.mailbox.link_to(
            email,
            self.addresses[service] + path,
            after=after,
            timeout_seconds=max(1.0, self._give_up - time.monotonic()),
            used=self._used_links.__contains__,
        )
        self._used_links.add(link)
        return link

    def _sign_in(self) -> None:
        """A browser without a session requests a new link, as a person would."""
        if self._is_signed_in:
            return
        before = self.mailbox.count_to(self.candidate.contact_email)
        self._browser.open(self.addresses["onboarding"] + "/new-link")
        self._browser.submit("/new-link", {"email": self.candidate.contact_email})
        self._click_link(after=before)

    def _decide(self, review: dict[str, str]) -> None:
        if review["decision"] == "approve":
            tier = review.get("tier", "registered")
            self.operator.move(self.partner_id, "approval", tier=tier, reason=review["reason"])
        else:
            self.operator.move(self.partner_id, "rejection", reason=review["reason"])

    def _accept_agreement(self) -> None:
        self._sign_in()
        self._browser.open(self.addresses["onboarding"] + "/agreement")
        self._browser.submit("/agreement", {"accept": "yes"})

    def _confirm_people(self) -> None:
        """Everybody named by the contact opens the link in their mail and confirms."""
        for email in self.candidate.named_emails:
            self._answer_mail(email, "onboarding", "/memberships/", {"answer": "yes"})

    def _await_people(self) -> None:
        """Everybody who confirmed is told when their own access is ready. Raises JourneyStuck."""
        confirmed = {
            person["member_id"]
            for person in self.operator.partner(self.partner_id)["members"]
            if person["standing"] == "confirmed"
        }
        while confirmed and not confirmed <= self._told_of_access():
            if not self._has_time():
                raise JourneyStuck("somebody who said yes was not told that their access is ready")
            time.sleep(0.2)  # as above

    def _told_of_access(self) -> set[str]:
        return {
            message["member_id"]
            for message in self.operator.messages(self.partner_id)
            if (message["kind"], message["state"]) == ("access_ready", "sent")
        }

    def _await_products(self) -> None:
        """A partner is active with its required products; optional ones may still be in progress.

        Also returns when time is up: the outcome then shows which ones are missing.
        """
        while self._has_time() and any(
            grant["state"] in BEING_MADE for grant in self.operator.grants(self.partner_id)
        ):
            time.sleep(0.2)  # the status is asked for, as a person would reload the page

    def _collect_keys(self) -> None:
        """Collect each waiting key. Raises JourneyStuck if its page is unknown or hands out nothing."""
        for grant in self.operator.grants(self.partner_id):
            if grant["collectable"]:
                self._sign_in()
                self._browser.open(self._collect_url(grant))
                self._browser.submit("/collect/")
                if "PRIVATE KEY" not in self._browser.html:
                    raise JourneyStuck(f"the key of {grant['product']} was not handed out")

    def _collect_url(self, grant: dict[str, Any]) -> str:
        """Onboarding learns of a grant a moment after provisioning made it."""
        while self._has_time():
            for product in self.operator.partner(self.partner_id)["products"]:
                if product["grant_id"] == grant["grant_id"] and product["collect_url"]:
                    return str(product["collect_url"])
            time.sleep(0.2)  # as above
        raise JourneyStuck(f"nobody told where to collect the key of {grant['product']}")

    def _has_time(self) -> bool:
        return time.monotonic() <= self._give_up

    def _accept_invitation(self) -> None:
        """The contact accepts the first learning path, unless one was accepted before."""
        invitations = self.operator.invitations(self.partner_id)
        if any(invitation["state"] == "accepted" for invitation in invitations):
            return
        self._answer_mail(self.candidate.contact_email, "notifications", "/invitations/")


def _is_final(state: str) -> bool:
    return state in {"rejected", "withdrawn", "expired", "offboarded"}


def _why(partner: dict[str, Any]) -> str:
    causes = [
        f"{product['product']}: {product['cause']['message']}"
        for product in partner["products"]
        if product["cause"]
    ]
    causes += [finding["message"] for finding in partner.get("findings", [])]
    return f" ({'; '.join(causes)})" if causes else ""
