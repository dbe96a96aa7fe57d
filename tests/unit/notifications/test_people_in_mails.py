"""Everybody is greeted by name: with one name, with dots in it, with a very long one, in any writing."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from chassis.failures import NeverPossible
from notifications.adapters.mail_recipient import header_address
from notifications.domain.messages import TO_UNCONFIRMED, Kind


def greeting_of(mail) -> str:
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    return " ".join(text.partition("\n\n")[0].split())


@pytest.mark.parametrize(
    ("given_name", "family_name", "shown"),
    [
        ("M.Hassan", "", "M. Hassan"),
        ("m.hassan", "", "m. hassan"),
        ("Ian", "St.John", "Ian St. John"),
        ("J.R.R.Tolkien", "", "J.R.R. Tolkien"),
        ("Y.Li", "", "Y. Li"),
        ("Dr.Ada", "Lovelace", "Dr. Ada Lovelace"),
        ("Abdul.Rahman", "Khan", "Abdul. Rahman Khan"),
        ("Anne-Marie", "O'Neill-St.Clair", "Anne-Marie O'Neill-St. Clair"),
        ("Sukarno", "", "Sukarno"),
        ("Ada", "Ada", "Ada Ada"),
        ("\u674e\u5c0f\u9f8d", "", "\u674e\u5c0f\u9f8d"),
    ],
)
def test_names_that_are_greeted(write, given_name, family_name, shown):
    mail = write(Kind.WELCOME, given_name=given_name, family_name=family_name, language="en")
    assert greeting_of(mail) == f"Hello {shown},"
    assert mail["To"].addresses[0].display_name == shown


@pytest.mark.parametrize(
    "name",
    [
        "bit.ly now",
        "Evil.Com",
        "evil\u3002com",
        "evil\uff0ecom",
        "evil.example",
        "www evil",
        "WWW.Evil",
        "a/b",
        "sales.firma.de",
    ],
)
def test_a_domain_is_no_name(write, name):
    assert greeting_of(write(Kind.WELCOME, given_name=name, family_name="", language="en")) == "Hello,"


@pytest.mark.parametrize("sign", ["x", "W ", "\u00fc", "\u674e", "\u05d0", "\U0001f984"])
@pytest.mark.parametrize("kind", [Kind.WELCOME, Kind.INVITATION])
def test_long_names_leave_the_mail_whole(writer, make_letter, sign, kind):
    given_name, family_name = (sign * 100)[:100].strip(), (sign * 50)[:50].strip()
    raw = writer.write(make_letter(kind, given_name=given_name, family_name=family_name, language="en"))
    assert all(len(line) <= 998 for line in raw.content.split(b"\r\n"))
    mail = message_from_bytes(raw.content, policy=default)
    assert greeting_of(mail) == f"Hello {given_name} {family_name},"
    assert mail["To"].addresses[0].addr_spec == "juergen@partner.example"


def test_a_domain_outside_ascii_goes_by_its_a_labels(write):
    mail = write(email="juergen@b\u00fccher.example")
    assert mail["To"].addresses[0].addr_spec == "juergen@xn--bcher-kva.example"


def test_letters_before_the_at_need_a_transport_for_them(make_letter):
    member = make_letter(email="j\u00fcrgen@b\u00fccher.example").member
    with pytest.raises(NeverPossible, match="before the @"):
        header_address(member)
    address = header_address(member, may_be_international=True)
    assert address.addr_spec == "j\u00fcrgen@xn--bcher-kva.example"


TYPED = "Your account is locked, call +49 30 1234567 or www.evil.com"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", sorted(TO_UNCONFIRMED))
def test_who_confirmed_nothing_reads_nothing_that_a_stranger_typed(writer, make_letter, kind, language):
    typed = {"given_name": "Locked", "family_name": "Call me", "language": language, "is_contact": False}
    letter = replace(make_letter(kind, **typed), company=TYPED)
    raw = writer.write(letter).content
    mail = message_from_bytes(raw, policy=default)
    everything = "\n".join([*map(str, mail.values()), *(part.get_content() for part in mail.iter_parts())])
    without_links = re.sub(r"https://join\.example/\S+|http://www\.w3\.org/\S+", "", everything)
    for words in ("Locked", "Call me", "+49", "1234567", "www", "evil"):
        assert words not in without_links
    is_quoted = "Your account is locked, call" in " ".join(without_links.split())
    assert is_quoted == (kind is Kind.CONFIRM_MEMBERSHIP)
    assert mail["To"].addresses[0].display_name == ""
    assert greeting_of(mail) == {"de": "Guten Tag,", "en": "Hello,"}[language]


@pytest.mark.parametrize(
    ("company", "subject"),
    [
        ("Weiß & Söhne GmbH", "Are you part of Weiß & Söhne GmbH?"),
        ("www.evil.com", "Please confirm your company membership"),
        ("+49 30 1234567", "Please confirm your company membership"),
    ],
)
def test_a_named_person_is_asked_by_the_companys_name_where_it_is_one(writer, make_letter, company, subject):
    letter = replace(make_letter(Kind.CONFIRM_MEMBERSHIP, language="en"), company=company)
    assert message_from_bytes(writer.write(letter).content, policy=default)["Subject"] == subject
