"""What each kind of mail says, part by part; the words themselves stand in words/mails/*.ftl."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from chassis.text.quotable import quotable
from chassis.translations import Translations
from notifications.adapters.mail_links import MailLinks
from notifications.adapters.mail_parts import Button, Content, Item, Items, Paragraph, Part, Quote, Small
from notifications.adapters.mail_recipient import greeting_name
from notifications.domain.letters import Letter, Offer
from notifications.domain.messages import TO_INTEGRATORS, Kind, LinkIntent


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    translations: Translations
    language: str

    def __call__(self, name: str, /, **values: Any) -> str:
        return self.translations.text(self.language, name, **values)

    def find(self, name: str) -> str | None:
        """The words for something that the world may have more of than our files."""
        try:
            return self(name)
        except KeyError:
            return None


_OF_LEASES = frozenset({Kind.LEASE_EXPIRING, Kind.LEASE_EXPIRED, Kind.LEASE_RENEWED})
_OF_BUDGETS = frozenset({Kind.BUDGET_WARNED, Kind.BUDGET_EXCEEDED})


@dataclass(frozen=True)
class _Draft:
    letter: Letter
    words: Words
    links: MailLinks

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """What the words of this mail speak of beside the company: endpoint, deadline, lease or budget."""
        facts, kind = self.facts, self.letter.message.kind
        if kind in TO_INTEGRATORS:
            return {
                "integrator": quotable(facts["integrator"]) or "none",
                "host": facts.get("host", ""),
                "reason": facts.get("reason", ""),
                "since": self.moment("since") if "since" in facts else "",
                "end": self.moment("until") if "until" in facts else "",
            }
        if kind is Kind.DEADLINE_NEAR:
            return {"waits_for": facts["waits_for"], "until": self.moment("until")}
        if kind in _OF_LEASES:
            return {"product": self._grant_named(), "until": self.moment("until")}
        if kind in _OF_BUDGETS:
            amounts = {name: Decimal(facts[name]) for name in ("budget_usd", "spent_usd")}
            return {"product": self._grant_named(), "percent": facts["percent"], **amounts}
        return {}

    def moment(self, name: str) -> datetime:
        """A fact that is a point in time."""
        return datetime.fromisoformat(self.facts[name])

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.letter.message.facts

    @cached_property
    def company(self) -> str:
        """The name as it was typed; cleaned, and "none" if nothing is left, for an unconfirmed address."""
        name = self.letter.company or ""
        return quotable(name) or "none" if self.letter.message.is_to_unconfirmed else name

    def say(self, name: str, /, **values: Any) -> str:
        key = self.letter.message.kind.replace("_", "-")
        return self.words(f"{key}-{name}", company=self.company, **self.values, **values)

    def paragraph(self, name: str) -> Paragraph:
        return Paragraph(self.say(name))

    def personal_button(self) -> Button:
        """The button with the single-use link of the letter."""
        return self.button(self.say("button"), self.letter.message.link)

    def button(self, label: str, link: LinkIntent | None) -> Button:
        """One with a single-use link; if that ran out on the way, the page to ask for a new one."""
        url = self.links.action(self.letter.message.kind, link) if link else None
        if link is None or url is None:
            is_portal = self.letter.message.kind is Kind.PORTAL_SIGN_IN
            return Button(label, self.links.portal_sign_in if is_portal else self.links.new_link)
        return Button(label, url, self.words("link-until", until=link.expires_at))

    def title(self, offer: Offer) -> str:
        return offer.path.title[self.words.language]

    @property
    def usable(self) -> list[str]:
        return [one["product"] for one in self.facts.get("products", []) if one["state"] == "granted"]

    @property
    def pages(self) -> list[Mapping[str, Any]]:
        """The pages of several partners to which the reader has a link each."""
        return list(self.facts.get("pages", []))

    def headline(self, name: str, /, **values: Any) -> str:
        """Subject, preheader or heading: access of nothing is not called ready, nor many links one."""
        is_empty = self.letter.message.kind is Kind.ACCESS_READY and not self.usable
        again = "reminder-" if self.facts.get("is_reminder") else ""
        variant = "none-" if is_empty else "several-" if self.pages else again
        return self.say(f"{variant}{name}", **values)

    def reason(self) -> list[Part]:
        reason = self.facts.get("reason")
        return [self.paragraph("reason"), Quote(reason)] if reason else []

    def named(self, family: str, name: str) -> Item:
        """A product or field by its name for people; one that we have no words for keeps its own."""
        words = self.words.find(f"{family}-{name}")
        if words is None:
            return Item(name.replace("_", " "))
        return Item(words, self.words.find(f"{family}-{name}-about") or "")

    def _grant_named(self) -> str:
        """The product, with the name of this one where the partner may have several."""
        product, entry_name = self.named("product", self.facts["product"]).name, self.facts.get("entry_name")
        return f"{product} ({entry_name})" if entry_name else product

    def way_in(self, product: str) -> Item:
        """A product that can be used: what it is, what people need at first, and where they sign in."""
        item = self.named("product", product)
        url = self.facts.get("sign_in", {}).get(product)
        where = self.words("access-ready-sign-in", url=url) if url else ""
        first = self.words.find(f"access-ready-first-{product}") or ""
        return Item(item.name, " ".join(filter(None, (item.about and f"{item.about}.", first, where))))


def _link_only(draft: _Draft) -> list[Part]:
    return [Paragraph(draft.headline("intro")), draft.personal_button(), Small(draft.say("ignore"))]


def _draft_saved(draft: _Draft) -> list[Part]:
    """Its link works more than once; if it ran out on the way, the draft is erased, too."""
    link = draft.letter.message.link
    url = draft.links.action(Kind.DRAFT_SAVED, link) if link else None
    until = draft.say("until", until=link.expires_at) if link and url else ""
    button = Button(draft.say("button"), url or draft.links.apply, until)
    return [draft.paragraph("intro"), button, Small(draft.say("ignore"))]


def _two_paragraphs(draft: _Draft) -> list[Part]:
    return [draft.paragraph("intro"), draft.paragraph("next")]


def _contact_changed(draft: _Draft) -> list[Part]:
    """To who is the contact now, with a link; to who was it before, without."""
    if not draft.letter.member.is_contact:
        return [draft.paragraph("former"), Small(draft.say("former-wrong"))]
    return [draft.paragraph("intro"), draft.personal_button()]


def _passkey(draft: _Draft) -> list[Part]:
    page = Button(draft.say("button"), draft.links.new_link)
    return [Paragraph(draft.say("intro", at=draft.moment("at"))), draft.paragraph("wrong"), page]


def _sign_in_link(draft: _Draft) -> list[Part]:
    """One link, or one for each of the reader's partners, by name."""
    if not draft.pages:
        return _link_only(draft)
    parts: list[Part] = [draft.paragraph("several-intro")]
    for page in draft.pages:
        name = "sign-in-link-over" if page.get("is_over") else "sign-in-link-open"
        label = draft.words(name, company=quotable(page["company"]) or "none")
        parts.append(draft.button(label, LinkIntent.from_facts(page["link"])))
    return [*parts, Small(draft.say("ignore"))]


def _correction_needed(draft: _Draft) -> list[Part]:
    fields = [draft.named("field", name) for name in draft.facts.get("fields", [])]
    listed: list[Part] = [draft.paragraph("fields"), Items(fields)] if fields else []
    message = Quote(draft.facts.get("message", ""))
    return [draft.paragraph("intro"), message, *listed, draft.personal_button(), Small(draft.say("next"))]


def _deadline_near(draft: _Draft) -> list[Part]:
    return [
        draft.paragraph("intro"),
        draft.paragraph("next"),
        draft.personal_button(),
        Small(draft.say("done")),
    ]


def _welcome(draft: _Draft) -> list[Part]:
    return [draft.paragraph("intro"), draft.paragraph("next"), draft.personal_button()]


def _rejected(draft: _Draft) -> list[Part]:
    again = Button(draft.say("button"), draft.links.apply)
    return [draft.paragraph("intro"), *draft.reason(), draft.paragraph("next"), again]


def _closed(draft: _Draft) -> list[Part]:
    return [draft.paragraph("intro"), Button(draft.say("button"), draft.links.apply)]


def _goodbye(draft: _Draft) -> list[Part]:
    """To the contact of all that was there, to everybody else of what they had."""
    if draft.letter.member.is_contact:
        return _two_paragraphs(draft)
    return [draft.paragraph("colleague"), draft.paragraph("colleague-next")]


def _access_ready(draft: _Draft) -> list[Part]:
    products = draft.facts.get("products", [])
    usable = _usable(draft)
    waited_for = dict.fromkeys(p["product"] for p in products if p["state"] not in DONE)
    later = [draft.named("product", name) for name in waited_for]
    usable_intro = "intro" if draft.letter.member.is_contact else "colleague-intro"
    begin = usable_intro if usable else "waiting" if later else "none"
    parts: list[Part] = [draft.paragraph(begin), *usable]
    if later:
        parts += [draft.paragraph("later"), Items(later)]
    if not draft.letter.member.is_contact:
        return [*parts, draft.paragraph("colleague"), *_learning(draft)]
    return [*parts, draft.paragraph("next"), draft.personal_button(), *_learning(draft)]


def _access_added(draft: _Draft) -> list[Part]:
    page = Button(draft.say("button"), draft.links.new_link)
    return [draft.paragraph("intro"), *_usable(draft), draft.paragraph("next"), page, *_learning(draft)]


def _usable(draft: _Draft) -> list[Part]:
    """Each product once, also where there are several of it."""
    items = [draft.way_in(name) for name in dict.fromkeys(draft.usable)]
    return [Items(items)] if items else []


def _learning(draft: _Draft) -> list[Part]:
    return [Paragraph(draft.words("access-ready-learning")), *_offers(draft)] if draft.letter.offers else []


def _suspended(draft: _Draft) -> list[Part]:
    return [draft.paragraph("intro"), *draft.reason(), draft.paragraph("next")]


def _with_page(draft: _Draft) -> list[Part]:
    page = Button(draft.say("button"), draft.links.new_link)
    return [draft.paragraph("intro"), draft.paragraph("next"), page]


def _request_decided(draft: _Draft) -> list[Part]:
    """What was asked for, by its name where it has one."""
    facts = draft.facts
    about = draft.named("request", facts["kind"])
    if facts.get("about"):
        family = "product" if facts["kind"] == "product" else "competence"
        about = Item(about.name, draft.named(family, facts["about"]).name)
    page = Button(draft.say("button"), draft.links.new_link)
    return [draft.paragraph("intro"), Items([about]), *draft.reason(), draft.paragraph("next"), page]


def _decided(draft: _Draft) -> list[Part]:
    """The product that was declined, or the new tier, and why."""
    family = "product" if "product" in draft.facts else "tier"
    about = Items([Item(draft.named(family, draft.facts[family]).name)])
    page = Button(draft.say("button"), draft.links.new_link)
    return [draft.paragraph("intro"), about, *draft.reason(), draft.paragraph("next"), page]


def _endpoint(draft: _Draft) -> list[Part]:
    page = Button(draft.say("button"), draft.links.endpoint(draft.facts["endpoint_id"]))
    return [draft.paragraph("intro"), draft.paragraph("next"), page]


def _invitation(draft: _Draft) -> list[Part]:
    return [Paragraph(draft.say("intro", count=len(draft.letter.offers))), *_offers(draft)]


def _offers(draft: _Draft) -> list[Part]:
    """Each path with its own link."""
    parts: list[Part] = []
    for offer in draft.letter.offers:
        title, path = draft.title(offer), offer.path
        until = draft.words("offer-until", until=offer.invitation.expires_at)
        about = f"{path.summary[draft.words.language]} {draft.words('offer-hours', hours=path.hours)}"
        parts.append(Items([Item(title, about)]))
        parts.append(
            Button(draft.words("offer-button", title=title), draft.links.invitation(offer.invitation), until)
        )
    return parts


DONE = frozenset({"granted", "waived", "revoked"})

BODIES: Mapping[Kind, Callable[[_Draft], list[Part]]] = {
    Kind.VERIFY_EMAIL: _link_only,
    Kind.CONFIRM_MEMBERSHIP: _link_only,
    Kind.DRAFT_SAVED: _draft_saved,
    Kind.MEMBER_REMOVED: _two_paragraphs,
    Kind.CONTACT_CHANGED: _contact_changed,
    Kind.PASSKEY_ADDED: _passkey,
    Kind.PASSKEY_REMOVED: _passkey,
    Kind.SIGN_IN_LINK: _sign_in_link,
    Kind.CORRECTION_NEEDED: _correction_needed,
    Kind.DEADLINE_NEAR: _deadline_near,
    Kind.WELCOME: _welcome,
    Kind.REJECTED: _rejected,
    Kind.APPLICATION_WITHDRAWN: _closed,
    Kind.APPLICATION_EXPIRED: _closed,
    Kind.ACCESS_READY: _access_ready,
    Kind.ACCESS_ADDED: _access_added,
    Kind.ACCESS_REFUSED: _decided,
    Kind.TIER_CHANGED: _decided,
    Kind.SUSPENDED: _suspended,
    Kind.RESUMED: _with_page,
    Kind.LEASE_EXPIRING: _with_page,
    Kind.LEASE_EXPIRED: _with_page,
    Kind.LEASE_RENEWED: _with_page,
    Kind.REQUEST_APPROVED: _request_decided,
    Kind.REQUEST_REFUSED: _request_decided,
    Kind.BUDGET_WARNED: _with_page,
    Kind.BUDGET_EXCEEDED: _with_page,
    Kind.OFFBOARDING_STARTED: _suspended,
    Kind.GOODBYE: _goodbye,
    Kind.INVITATION: _invitation,
    Kind.PORTAL_SIGN_IN: _link_only,
    Kind.ENDPOINT_FAILING: _endpoint,
    Kind.ENDPOINT_DISABLED: _endpoint,
}


FOOTERS = {
    Kind.VERIFY_EMAIL: "footer-applied",
    **dict.fromkeys((Kind.APPLICATION_WITHDRAWN, Kind.APPLICATION_EXPIRED), "footer-applied"),
    Kind.DRAFT_SAVED: "footer-draft",
    Kind.CONFIRM_MEMBERSHIP: "footer-named",
    Kind.MEMBER_REMOVED: "footer-removed",
    **dict.fromkeys(TO_INTEGRATORS, "footer-integrator"),
}


def content_of(letter: Letter, words: Words, links: MailLinks) -> Content:
    """The whole mail in the words of one language."""
    draft = _Draft(letter, words, links)
    offers = letter.offers
    titles = {
        "title": draft.title(offers[0]) if offers else "",
        "count": len(offers),
    }
    name = None if letter.message.is_to_unconfirmed else greeting_name(letter.member)
    return Content(
        language=words.language,
        subject=draft.headline("subject", **titles),
        preheader=draft.headline("preheader"),
        heading=draft.headline("heading"),
        greeting=words("greeting", person=name) if name else words("greeting-neutral"),
        parts=BODIES[letter.message.kind](draft),
        closing=words("closing"),
        footer=words(
            FOOTERS.get(letter.message.kind, "footer-reason"),
            company=draft.company or "none",
            **draft.values,
        ),
        unsubscribe_url=links.unsubscribe(offers[0].invitation) if offers else None,
    )
