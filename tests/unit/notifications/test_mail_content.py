"""What mails say, in every kind and language, and that nothing in them can be forged."""

import re
import uuid
from dataclasses import replace
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from notifications.adapters.mail_policy import MAIL_POLICY
from notifications.domain.messages import TO_UNCONFIRMED, Kind

LANGUAGES = ["de", "en"]
WITH_PERSONAL_LINK = {
    Kind.VERIFY_EMAIL,
    Kind.SIGN_IN_LINK,
    Kind.CORRECTION_NEEDED,
    Kind.DEADLINE_NEAR,
    Kind.WELCOME,
    Kind.CONTACT_CHANGED,
    Kind.ACCESS_READY,
}


class Page(HTMLParser):
    """The parts of an HTML mail that count for people who listen to it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def parts(mail) -> tuple[str, str]:
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert {part.get_content_charset() for part in (text, html)} == {"utf-8"}
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_the_same_in_text_and_html(write, kind, language):
    mail = write(kind, language=language)
    text, html = parts(mail)
    urls = set(re.findall(r"^https://\S+$", text, re.MULTILINE))
    assert urls == {link["href"] for link in Page(html).all("a")}
    assert ("https://join.example/links/" in text) == (kind in WITH_PERSONAL_LINK)
    assert mail["Content-Language"] == language
    assert ("https://join.example/memberships/" in text) == (kind is Kind.CONFIRM_MEMBERSHIP)
    assert ("Jürgen Weiß" in text) == (kind not in TO_UNCONFIRMED)
    assert ("Jürgen Weiß" in html) == (kind not in TO_UNCONFIRMED)
    assert "{" not in text
    assert max(len(line) for line in text.splitlines() if "https://" not in line) <= 76


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_html_mail_can_be_listened_to(write, kind, language):
    page = Page(parts(write(kind, language=language))[1])
    assert page.all("html")[0]["lang"] == language
    assert len(page.all("h1")) == 1
    assert all(table["role"] == "presentation" for table in page.all("table"))
    assert not page.all("img")
    assert not page.all("script")


def test_the_two_languages_differ_in_every_kind(write):
    for kind in Kind:
        german, english = (write(kind, language=language) for language in LANGUAGES)
        assert german["Subject"] != english["Subject"]


def test_a_language_that_we_do_not_speak_is_answered_in_english(write):
    mail = write(Kind.INVITATION, language="fr")
    assert (mail["Content-Language"], mail["Subject"]) == ("en", "Your invitation: First steps")


def test_words_of_others_are_quoted_and_never_markup(write):
    text, html = parts(write(Kind.REJECTED, language="en"))
    assert "> The register says <closed>.\n> Since May." in text
    assert "The register says &lt;closed&gt;." in html
    assert "Weiß &amp; Söhne &lt;GmbH&gt;" in html


def test_what_is_usable_is_told_apart_from_what_is_not_yet(write):
    text, _ = parts(write(Kind.ACCESS_READY, language="en"))
    usable, later = text.split("We are still setting these up")
    assert "* IoT: connect your first gateway" in usable
    assert "* product of tomorrow" in usable
    assert "* Analytics" in later


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_says_what_is_missing_and_until_when(writer, make_letter, language):
    one = make_letter(Kind.DEADLINE_NEAR, language=language)
    subjects = set()
    for waits_for in ("verification", "correction", "agreement"):
        facts = {"waits_for": waits_for, "until": "2027-05-02T09:14:07+00:00"}
        mail = writer.write(replace(one, message=replace(one.message, facts=facts)))
        parsed = message_from_bytes(mail.content, policy=default)
        text, _ = parts(parsed)
        subjects.add(parsed["Subject"])
        assert "2027" in text
        assert "UTC" in text
        # Nobody has confirmed the address of a new application.
        assert ("Jürgen Weiß" in text) == (waits_for != "verification")
        assert ("Jürgen" in str(parsed["To"])) == (waits_for != "verification")
    assert len(subjects) == 3


@pytest.mark.parametrize(("language", "begins"), [("de", "Erinnerung: "), ("en", "Reminder: ")])
def test_a_second_question_says_that_it_is_one(writer, make_letter, language, begins):
    one = make_letter(Kind.CONFIRM_MEMBERSHIP, language=language)
    again = replace(one, message=replace(one.message, facts={"is_reminder": True}))
    first, second = (message_from_bytes(writer.write(each).content, policy=default) for each in (one, again))
    assert second["Subject"] == f"{begins}{first['Subject']}"
    assert parts(first)[0] != parts(second)[0]


def test_several_of_a_product_that_are_not_ready_are_named_once(writer, make_letter):
    one = make_letter(Kind.ACCESS_READY, language="en")
    facts = {"products": [{"product": "cloud_sandbox", "state": "provisioning"}] * 2}
    mail = writer.write(replace(one, message=replace(one.message, facts=facts)))
    text, _ = parts(message_from_bytes(mail.content, policy=default))
    assert text.count("* Cloud sandbox") == 1
    assert "We are still setting these up" in text
    assert "nothing to set up" not in text, "that would contradict it"


def test_only_the_contact_gets_the_link_to_the_partner_page(write):
    text, _ = parts(write(Kind.ACCESS_READY, is_contact=False))
    assert "/links/" not in text


def test_a_link_that_ran_out_on_the_way_becomes_the_page_for_a_new_one(write):
    text, _ = parts(write(Kind.WELCOME, link_hours=-1))
    assert "https://join.example/new-link" in text
    assert "/links/" not in text


def test_sending_again_gives_the_same_mail(writer, make_letter):
    letter = make_letter(Kind.INVITATION)

    def without_date(content: bytes) -> bytes:
        return re.sub(rb"\r\nDate: [^\r]+", b"", content)

    assert without_date(writer.write(letter).content) == without_date(writer.write(letter).content)


def test_headers_say_who_what_and_that_a_machine_wrote_it(write):
    mail = write(Kind.WELCOME)
    assert mail["From"] == "Gangway <partners@gangway.example>"
    assert mail["Reply-To"] == "help@gangway.example"
    assert mail["To"] == "Jürgen Weiß <juergen@partner.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["MIME-Version"] == "1.0"
    assert re.fullmatch(r"<[0-9a-f-]{36}@gangway\.example>", mail["Message-ID"])
    assert mail["Date"].datetime is not None
    assert mail["List-Unsubscribe"] is None


def test_only_offers_can_be_unsubscribed_and_the_address_stays_whole(writer, make_letter, write):
    raw = writer.write(make_letter(Kind.INVITATION)).content
    assert re.search(rb"\r\nList-Unsubscribe: <https://words\.example/learning-mail/[\w.-]+>\r\n", raw)
    assert write(Kind.INVITATION)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "name",
    [
        "Zoë O\u2019Connor-Núñez",
        "🦄 Einhorn",
        'Peter "der Große", Ritter; (ohne) Furcht',
        "李小龍",
        "J. R.",
        "👨\u200d👩\u200d👧",
    ],
)
def test_any_name_reaches_the_reader_as_it_is(write, name):
    given, _, family = name.partition(" ")
    mail = write(given_name=given, family_name=family)
    (address,) = mail["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "juergen@partner.example")


@pytest.mark.parametrize(
    "name",
    [
        "Win https://evil.example now",
        "visit www.evil.example",
        "evil.example",
        "a@b",
        "=?utf-8?q?Ceo?=",
        "<b>",
        "\u202eevil",
        "x" * 100,
    ],
)
def test_a_name_that_is_an_advertisement_or_a_trick_is_left_out(write, name):
    mail = write(Kind.VERIFY_EMAIL, given_name=name, family_name="")
    assert name not in str(mail["To"])
    if len(name) < 100:
        assert name not in mail.get_body(("plain",)).get_content()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(40)
)
@given(given_name=st.text(max_size=100), family_name=st.text(max_size=100))
def test_no_name_can_add_a_header_a_recipient_or_markup(writer, make_letter, given_name, family_name):
    from email import message_from_bytes  # noqa: PLC0415
    from email.policy import default  # noqa: PLC0415

    plain = writer.write(make_letter(Kind.WELCOME))
    mail = writer.write(make_letter(Kind.WELCOME, given_name=given_name, family_name=family_name))
    read = message_from_bytes(mail.content, policy=default)
    assert read.keys() == message_from_bytes(plain.content, policy=default).keys()
    assert [address.addr_spec for address in read["To"].addresses] == ["juergen@partner.example"]
    tags = [tag for tag, _ in Page(parts(read)[1]).tags]
    expected = message_from_bytes(plain.content, policy=default)
    assert tags == [tag for tag, _ in Page(parts(expected)[1]).tags]
    assert mail.content.isascii()
    assert all(len(line) <= 998 for line in mail.content.split(b"\r\n"))


def test_no_title_of_a_path_can_add_a_header(writer, make_letter):
    letter = make_letter(Kind.INVITATION, language="en")
    title = "Hi =?utf-8?q?a=0d=0aX-Evil=3a=20yes=0d=0a=0d=0abody?="
    path = replace(letter.offers[0].path, title={"en": title, "de": title})
    letter = replace(letter, offers=[replace(letter.offers[0], path=path)])
    assert b"\r\nX-Evil" not in writer.write(letter).content


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_partners_are_one_mail_with_a_link_each(writer, make_letter, language):
    one = make_letter(Kind.SIGN_IN_LINK, language=language)
    links = [replace(one.message.link, id=uuid.uuid4()) for _ in range(3)]
    names = ["Weiß & Söhne <GmbH>", "Call +49 30 1234567 www.evil.example\r\nBcc: all@x.example", "+++"]
    pages = [{"company": name, "link": link.as_facts()} for name, link in zip(names, links, strict=True)]
    assert "purpose" in pages[0]["link"], "workers of the version before read it"
    mail = message_from_bytes(
        writer.write(replace(one, message=replace(one.message, facts={"pages": pages}))).content,
        policy=default,
    )
    text, html = parts(mail)
    opened = {writer.links.action(Kind.SIGN_IN_LINK, link) for link in links}
    assert len(opened) == 3
    assert set(re.findall(r"^https://\S+/links/\S+$", text, re.MULTILINE)) == opened
    assert opened <= {link["href"] for link in Page(html).all("a")}
    assert "Weiß & Söhne GmbH" in text
    assert "Weiß &amp; Söhne GmbH" in html
    assert not {"evil.example", "1234567", "x.example"} & set(re.findall(r"[\w.]+", text))
    assert mail["Bcc"] is None
    assert "{" not in text
    assert mail["Subject"] in {"Ihre neuen Anmeldelinks", "Your new sign-in links"}


def test_a_header_of_all_mails_is_written_as_each_mail_wants_it() -> None:
    """What is kept for mails to plain addresses is not what international ones carry."""
    sender = Address("Jürgen & Söhne", addr_spec="partners@gangway.example")
    for is_utf8, written in ((False, b"=?utf-8?"), (True, "Jürgen".encode()), (False, b"=?utf-8?")):
        mail = EmailMessage(policy=MAIL_POLICY.clone(utf8=is_utf8))
        mail["From"] = sender
        assert written in mail.as_bytes()
        assert message_from_bytes(mail.as_bytes(), policy=default)["From"] == str(sender)
