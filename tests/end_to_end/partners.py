"""One company of a test: its own number and mail domain, and everything it does by JSON API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from stdnum import luhn
from tests.end_to_end.stacks import LocalStack
from tests.end_to_end.waiting import PATIENCE_SECONDS, wait_for

from local_stack.demo.mails import Mailbox
from local_stack.demo.outside import Outside
from operator_client.access import Access
from operator_client.http import OperatorsHttp
from operator_client.operator import Operator

# The rules approve integrators of the single market by themselves; elsewhere a person decides.
APPROVED_BY_RULES, REVIEWED_BY_PEOPLE = "FR", "US"


def new_application(
    *products: str, country: str = APPROVED_BY_RULES, partner_type: str = "system_integrator"
) -> dict[str, Any]:
    """An application that no other test sends."""
    name = f"n{uuid4().hex[:11]}"  # digits alone would be a number to call
    contact, colleague = (
        {
            "given_name": given_name,
            "family_name": f"Family{position}of{name}",
            "email": f"{given_name.lower()}@{name}.example",
            "language": "en",
        }
        for position, given_name in enumerate(["Ada", "Grace"])
    )
    return {
        "company": {
            "legal_name": f"Company {name}",
            "registration_number": _registration_number(country),
            "country": country,
            "website": f"https://www.{name}.example",
        },
        "partner_type": partner_type,
        "competences": ["cloud", "data", "iot"],
        "products_wanted": list(products),
        "expected_benefits": "To be there from end to end.",
        "language": "en",
        "contact": contact,
        "members": [colleague],
    }


def _registration_number(country: str) -> str:
    """A SIREN with its check digit; elsewhere there is none to get right."""
    number = f"{uuid4().int % 10**8:08}"
    return number + luhn.calc_check_digit(number) if country == "FR" else f"No. {number}"


@dataclass
class Partner:
    """A company that applied; `session` is its token once it came in by a link."""

    vendor: "Vendor"
    application: dict[str, Any]
    id: str
    session: str = field(default="", repr=False)
    used_links: set[str] = field(default_factory=set, repr=False)

    @property
    def email(self) -> str:
        return str(self.application["contact"]["email"])

    @property
    def emails(self) -> list[str]:
        return [self.email, *(member["email"] for member in self.application["members"])]

    @property
    def state(self) -> str:
        return str(self.vendor.operator.partner(self.id)["state"])

    def await_state(self, state: str) -> None:
        """Wait until onboarding says so."""
        wait_for(f"{self.id} becomes {state}", lambda: self.state, lambda found: found == state)

    def link(self, service: str = "onboarding", path: str = "links", email: str = "") -> str:
        """Wait for the newest link of a mail that was not taken before, to the contact unless told."""
        local, _, domain = (email or self.email).rpartition("@")
        link = self.vendor.mailbox.link_to(
            f"{local}@{domain.encode('idna').decode()}",
            f"{self.vendor.addresses[service]}/{path}/",
            timeout_seconds=PATIENCE_SECONDS,
            used=self.used_links.__contains__,
        )
        self.used_links.add(link)
        return link

    def sign_in(self) -> None:
        """Open the newest link of the mailbox; the first one verifies the address."""
        answer = self.vendor.post("onboarding", "/v1/sessions", {"link_token": token_of(self.link())})
        assert answer.status_code == 201, answer.text
        self.session = answer.json()["session_token"]

    def get(self, path: str, service: str = "onboarding") -> dict[str, Any]:
        """What the partner itself may see."""
        answer = self.vendor.get(service, path, self.session)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def see(self) -> dict[str, Any]:
        """Its own status."""
        return self.get(f"/v1/partners/{self.id}")

    def timeline(self) -> list[dict[str, Any]]:
        """Its own timeline, the oldest first."""
        entries: list[dict[str, Any]] = self.get(f"/v1/partners/{self.id}/timeline?limit=200")["entries"]
        return entries

    def act(self, move: str, **body: Any) -> str:
        """Make a move of its own; returns the state after it."""
        answer = self.vendor.post("onboarding", f"/v1/partners/{self.id}/{move}", body, self.session)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["state"])

    def answer(self, email: str, *, is_right: bool = True) -> None:
        """A named person opens the link of their mail and says whether it is right."""
        token = token_of(self.link(path="memberships", email=email))
        body = {"link_token": token, "is_right": is_right}
        answer = self.vendor.post("onboarding", "/v1/memberships", body)
        assert answer.status_code == 201, answer.text

    def accept_agreement(self) -> None:
        """Wait for the approval, have all named people say yes, and accept what is in force."""
        self.await_state("approved")
        for member in self.application["members"]:
            self.answer(member["email"])
        agreement = self.vendor.get("onboarding", "/v1/agreements/current").json()
        assert self.act("agreement-acceptance", agreement_version=agreement["agreement_version"]) == (
            "agreement_accepted"
        )

    def grants(self) -> dict[str, dict[str, Any]]:
        """Its grants by product, as operators see them."""
        return {grant["product"]: grant for grant in self.vendor.operator.grants(self.id)}

    def become_active(self) -> None:
        """From the application to active."""
        self.sign_in()
        self.accept_agreement()
        self.await_state("active")


class Vendor:
    """The whole system as its users reach it: HTTP for everybody, mailbox, the outside."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.addresses = stack.addresses
        self.operator = Operator(OperatorsHttp(Access(self.addresses, self.addresses["ops_token"])))
        self.mailbox = Mailbox(self.addresses["mailbox"])
        self.outside = Outside(self.addresses)
        self._http = httpx.Client(timeout=60)

    def close(self) -> None:
        """Let go of all connections."""
        self._http.close()
        self.operator.http.close()
        self.mailbox.close()
        self.outside.close()

    def new_partner(self, *products: str, **facts: str) -> Partner:
        """A company that has just applied."""
        application = new_application(*products, **facts)
        answer = self.post("onboarding", "/v1/applications", application)
        assert answer.status_code == 202, answer.text
        return Partner(self, application, answer.json()["partner_id"])

    def get(self, service: str, path: str, token: str = "") -> httpx.Response:
        """Any answer, also a refusal."""
        return self.ask("GET", service, path, token)

    def post(
        self, service: str, path: str, body: Mapping[str, Any] | None = None, token: str = ""
    ) -> httpx.Response:
        """Any answer, also a refusal; each call is an intent of its own."""
        return self.ask("POST", service, path, token, json=body if body is not None else {})

    def ask(self, method: str, service: str, path: str, token: str, **request: Any) -> httpx.Response:
        headers = {"Idempotency-Key": str(uuid4())} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self._http.request(method, self.addresses[service] + path, headers=headers, **request)

    def there(self, partner: Partner) -> list[str]:
        """What of the granted products the outside itself does not have."""
        return [
            fault
            for grant in partner.grants().values()
            for fault in self.outside.missing(grant["product"], grant["identifiers"], partner.emails)
        ]

    def left_over(self, partner: Partner) -> list[str]:
        """What of the partner's products is still usable outside."""
        return [
            fault
            for grant in partner.grants().values()
            for fault in self.outside.left_over(grant["product"], grant["identifiers"], partner.emails)
        ]

    def accounts_of(self, partner: Partner) -> list[str]:
        """The ids of all AWS accounts that carry the name of the partner's sandbox."""
        suffix = UUID(partner.grants()["cloud_sandbox"]["grant_id"]).hex[-12:]
        pages = self.outside.aws("organizations").get_paginator("list_accounts").paginate()
        return [a["Id"] for page in pages for a in page["Accounts"] if a["Name"].endswith(suffix)]


def token_of(link: str) -> str:
    """The secret part of a link."""
    return link.rstrip("/").rpartition("/")[2]
