"""Names as Identity Center and SCIM directories take them: visible, and also where there is one only."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from provisioning.adapters.aws.identity_store import IdentityStore
from provisioning.adapters.scim_connection import Answer
from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.domain.orders import Member, person_id_of


class FakeStore:
    """Remembers the users that were made; finds nobody."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def get_user_id(self, *, AlternateIdentifier: Any, **_: Any) -> Any:  # noqa: N803
        self.asked.append(AlternateIdentifier["UniqueAttribute"]["AttributeValue"])
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetUserId")

    def create_user(self, **user: Any) -> dict[str, str]:
        self.made.append(user)
        return {"UserId": "u-1"}


def a_member(given_name: str, family_name: str, email: str = "jana@firma.example") -> Member:
    return Member(
        member_id=uuid4(),
        given_name=given_name,
        family_name=family_name,
        email=email,
        language="en",
        is_contact=True,
    )


NAMES = [
    ("Jana", "Wei\u00df", "Jana", "Wei\u00df", "Jana Wei\u00df"),
    ("Sukarno", "", "Sukarno", None, "Sukarno"),
    ("\u0645\u06cc\u200c\u0646\u0627", "", "\u0645\u06cc\u0646\u0627", None, "\u0645\u06cc\u0646\u0627"),
    ("Ja\u200bna\u00ad", "O\u2060Neill\ufeff", "Jana", "ONeill", "Jana ONeill"),
    ("Jana\u00a0Maria", "von\u3000Au", "Jana Maria", "von Au", "Jana Maria von Au"),
    ("\u200eJana\u200f", "\u202eX", "Jana", "X", "Jana X"),
]


@pytest.mark.parametrize(("given_name", "family_name", "given", "family", "full"), NAMES)
def test_names_in_identity_center(
    given_name: str, family_name: str, given: str, family: str | None, full: str
) -> None:
    store = FakeStore()
    aws: Any = SimpleNamespace(
        read=SimpleNamespace(identitystore=store), write=SimpleNamespace(identitystore=store)
    )
    IdentityStore(aws, "d-1").ensure_user(a_member(given_name, family_name))
    (user,) = store.made
    assert user["Name"] == {"GivenName": given, "FamilyName": family or given}
    assert user["DisplayName"] == full


def test_an_address_too_long_for_a_user_name() -> None:
    store = FakeStore()
    aws: Any = SimpleNamespace(
        read=SimpleNamespace(identitystore=store), write=SimpleNamespace(identitystore=store)
    )
    member = a_member("Jana", "Wei\u00df", email=f"jana@{'a' * 60}.{'b' * 60}.example")
    IdentityStore(aws, "d-1").ensure_user(member)
    (user,) = store.made
    assert len(user["UserName"]) <= 128
    assert user["Emails"][0]["Value"] == member.email
    assert store.asked == [member.email, user["UserName"]]


@pytest.mark.parametrize(("given_name", "family_name", "given", "family", "full"), NAMES)
def test_names_in_a_scim_directory(
    given_name: str, family_name: str, given: str, family: str | None, full: str
) -> None:
    made: list[Any] = []

    def ask(_method: str, *_path: str, body: Any) -> Any:
        made.append(body)
        return Answer({**body, "id": "u-1"}, None)

    connection: Any = SimpleNamespace(ask=ask)
    order: Any = SimpleNamespace(partner_type="reseller")
    ScimDirectory(connection).create_user(a_member(given_name, family_name), order)
    (user,) = made
    assert (user["name"]["givenName"], user["name"].get("familyName")) == (given, family)
    assert (user["name"]["formatted"], user["displayName"]) == (full, full)


def test_a_person_is_looked_for_under_every_name_that_was_ever_given() -> None:
    """By the address, then by the mailbox and by names of older versions; a free name is then given."""
    store = FakeStore()
    aws: Any = SimpleNamespace(
        read=SimpleNamespace(identitystore=store), write=SimpleNamespace(identitystore=store)
    )
    IdentityStore(aws, "d-1").ensure_user(a_member("Jana", "X", email="Jana+work@GMail.com"))
    (user,) = store.made
    address, *names = store.asked
    assert address == "Jana+work@GMail.com"
    assert names == ["jana@gmail.com", "Jana+work@GMail.com", str(person_id_of("jana@gmail.com"))]
    assert (user["UserName"], user["Emails"][0]["Value"]) == ("jana@gmail.com", "Jana+work@GMail.com")


class StoreOf(FakeStore):
    """Knows users by what stands in them; takes for taken what differs in case only, or in "ß" and "ss"."""

    def __init__(self, *users: dict[str, Any]) -> None:
        super().__init__()
        self.users = {user["UserId"]: user for user in users}

    def get_user_id(self, *, AlternateIdentifier: Any, **_: Any) -> Any:  # noqa: N803
        wanted = AlternateIdentifier["UniqueAttribute"]
        for user in self.users.values():
            named = user["UserName"] if wanted["AttributePath"] == "userName" else user["Emails"][0]["Value"]
            if named == wanted["AttributeValue"]:
                return {"UserId": user["UserId"]}
        return super().get_user_id(AlternateIdentifier=AlternateIdentifier)

    def describe_user(self, *, UserId: str, **_: Any) -> Any:  # noqa: N803
        return self.users[UserId]

    def create_user(self, **user: Any) -> dict[str, str]:
        said = {text.casefold() for text in (user["UserName"], user["Emails"][0]["Value"])}
        for one in self.users.values():
            if not said.isdisjoint({one["UserName"].casefold(), one["Emails"][0]["Value"].casefold()}):
                raise ClientError({"Error": {"Code": "ConflictException"}}, "CreateUser")
        return super().create_user(**user)

    def can_paginate(self, _: str) -> bool:
        return True

    def get_paginator(self, _: str) -> Any:
        return SimpleNamespace(paginate=lambda **_: [{"Users": list(self.users.values())}])


def a_user(name: str, address: str, user_type: str = "") -> dict[str, Any]:
    return {"UserId": "theirs", "UserName": name, "UserType": user_type, "Emails": [{"Value": address}]}


@pytest.mark.parametrize(
    "user",
    [
        a_user("jana@outlook.com", "jana@outlook.com"),
        a_user("jana@outlook.com", "jana@firma.example", "gangway"),
    ],
)
def test_nobody_is_let_in_as_whom_older_versions_named_alike(user: dict[str, Any]) -> None:
    assert store_of(user).ensure_user(a_member("Jana", "X", email="jana@outlook.de")) == "u-1"


def test_nobody_is_let_in_as_whom_the_store_cannot_tell_from_them() -> None:
    store = store_of(a_user("strasse@firma.example", "strasse@firma.example"))
    with pytest.raises(ClientError, match="ConflictException"):
        store.ensure_user(a_member("Jana", "X", email="stra\u00dfe@firma.example"))


@pytest.mark.parametrize(
    "user",
    [
        a_user("Jana@Firma.example", "jana.x@firma.example"),
        a_user("jx", "JANA@firma.example"),
        a_user("jana@firma.example", "jana.x@firma.example", "gangway"),
    ],
)
def test_whose_name_or_address_it_is_has_the_user(user: dict[str, Any]) -> None:
    assert store_of(user).ensure_user(a_member("Jana", "X")) == "theirs"


def store_of(*users: dict[str, Any]) -> IdentityStore:
    clients = SimpleNamespace(identitystore=StoreOf(*users))
    aws: Any = SimpleNamespace(read=clients, write=clients)
    return IdentityStore(aws, "d-1")
