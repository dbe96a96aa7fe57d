"""What a CRM's answers may not do to us, nor to what others keep in it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest
from tests.integration.provisioning.outside.hostile_scim import Answer, Character, HostileScim, serving
from tests.integration.provisioning.outside.salesforce_org import SalesforceOrg
from tests.unit.provisioning.granting import Granting, order_for

from chassis.failures import Failure, Kind, NeverPossible, NotNow
from provisioning.adapters.outside import Outside
from provisioning.adapters.outside_settings import OutsideSettings, SalesforceSettings
from provisioning.adapters.salesforce_connection import SalesforceConnection
from provisioning.adapters.salesforce_directory import SalesforceDirectory
from provisioning.adapters.scim_connection import ScimConnection
from provisioning.adapters.scim_directory import ScimDirectory
from provisioning.adapters.scim_resources import ScimResources
from provisioning.domain.grant_states import Intent
from provisioning.handlers.ports import RefusedFor

OUTSIDE = OutsideSettings(aws_region="eu-central-1")
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html>We are back soon</html>")


@pytest.fixture
def scim() -> Iterator[HostileScim]:
    scim = HostileScim()
    with serving(scim.answer) as scim.url:
        yield scim


@pytest.fixture
def granting(scim: HostileScim) -> Iterator[Granting]:
    with closing(ScimConnection(scim.url, "token", 1)) as connection:
        yield Granting(
            order_for("crm"), Outside(OUTSIDE, crm=ScimDirectory(connection)).steps(), tries_most=2
        )


def failed(call: Callable[[], Any]) -> Failure:
    with pytest.raises(Failure) as caught:
        call()
    return caught.value


def apply(granting: Granting) -> Failure:
    """Make the users, with the group made before."""
    granting.outputs |= {"group_id": "no-group", **granting.outputs}
    return failed(lambda: granting._steps[1].apply(granting.order, granting.outputs))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (HTML, "crm_ill"),
        ((302, {"Location": "/Users"}, b""), "crm_refused"),
        ((307, {"Location": "http://127.0.0.1:9/"}, b""), "crm_refused"),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"), "crm_refused"),
        ((200, {"Content-Length": "50"}, b"{"), "crm_unreachable"),
        ((200, {}, b"[" * 100_000), "crm_ill"),
        ((200, {}, b" " * (17 * 1024**2)), "crm_answer_too_long"),
        ((200, {"Content-Length": str(2**40)}, b" " * (17 * 1024**2)), "crm_answer_too_long"),
        ((429, {"Retry-After": "30"}, b""), "crm_throttled"),
        ((503, {"Retry-After": "Thu, 01 Jan 2099 00:00:00 GMT"}, b"<html>"), "crm_ill"),
    ],
    ids=["page", "moved", "elsewhere", "packed", "cut", "deep", "long", "endless", "slow-down", "ill"],
)
def test_what_is_no_answer_is_told_as_what_it_is(
    scim: HostileScim, granting: Granting, answer: Answer, code: str
) -> None:
    scim.before = lambda _method, path: None if path.endswith("Config") else answer
    failure = failed(lambda: granting._steps[0].apply(granting.order, {}))
    assert failure.code == code
    assert len(scim.requests) == 2, "no redirect is followed, nothing is repeated"
    has_to_wait = "Retry-After" in answer[1]
    assert (isinstance(failure, NotNow) and failure.retry_after is not None) is has_to_wait


def test_what_was_done_and_reported_failed_is_not_done_twice(scim: HostileScim, granting: Granting) -> None:
    def ill(method: str, path: str) -> Answer | None:
        """Do it, and say 500, each time that somebody is made."""
        if method == "POST" and path == "/Users" and not scim.users:
            scim.before = lambda _method, _path: None
            email = granting.order.members[0].email
            scim.add("Users", userName=email, externalId=str(granting.order.members[0].person_id))
            return 500, {}, b""
        return None

    scim.before = ill
    granting.apply()
    assert len(scim.of("crm")["users"]) == len(scim.of("crm")["members"]) == 2


def test_whom_the_crm_refuses_is_named_and_the_others_get_in(scim: HostileScim, granting: Granting) -> None:
    odd, plain = granting.order.members
    scim.character.refuses = lambda user: user["userName"] == odd.email
    refusal = failed(granting.apply)
    assert isinstance(refusal, RefusedFor)
    assert refusal.member_ids == {odd.member_id}
    assert "odd letters" in refusal.message
    assert scim.of("crm")["users"] == [(plain.email, True)]
    assert len(scim.of("crm")["members"]) == 1


def test_a_name_that_somebody_holds_whom_the_crm_hides_holds_up_nobody_else(
    scim: HostileScim, granting: Granting
) -> None:
    taken, free = granting.order.members
    hidden = json.dumps({"scimType": "uniqueness"}).encode()
    create = scim._created
    scim._created = lambda kind, body: (  # type: ignore[method-assign]
        (400, {}, hidden) if body.get("userName") == taken.email else create(kind, body)
    )
    with pytest.raises(AssertionError, match="crm_user_hidden"):
        granting.apply()
    assert scim.of("crm")["users"] == [(free.email, True)]


def test_a_crm_that_keeps_no_mark_gets_no_users(scim: HostileScim, granting: Granting) -> None:
    scim.character.keeps = ()
    refusal = failed(granting.apply)
    assert (refusal.code, isinstance(refusal, NeverPossible)) == ("crm_keeps_no_mark", True)
    assert scim.users == {}


def test_nobody_counts_as_absent_whom_a_list_only_left_out(scim: HostileScim, granting: Granting) -> None:
    """Offboarding would take a user for gone that may still sign in."""
    granting.apply()
    scim.character = Character(filters="refused", page_size=1, ignores_start=True)
    with pytest.raises(AssertionError, match="crm_listing_incomplete"):
        granting.undo()


@pytest.mark.parametrize("body", [{}, {"schemas": [ERROR], "status": "503", "detail": "busy"}])
@pytest.mark.parametrize("asked", ["GET list", "GET one"])
def test_nobody_counts_as_absent_whom_a_success_says_nothing_of(
    scim: HostileScim, granting: Granting, asked: str, body: dict[str, Any]
) -> None:
    """Some services and gateways tell of their errors with 200."""
    granting.apply()
    which = re.compile(r"/(Users|Groups)(\?|/\.search|$)" if asked == "GET list" else r"/Groups/id-")
    ill: Answer = (200, {"Content-Type": "application/scim+json"}, json.dumps(body).encode())
    scim.before = lambda _method, path: ill if which.match(path) else None
    order = replace(granting.order, intent=Intent.OFF)
    assert failed(lambda: granting._steps[1].observe(order, granting.outputs)).kind == Kind.UNAVAILABLE


def test_a_list_without_an_end_is_left(scim: HostileScim) -> None:
    scim.character = Character(is_endless=True, counts=lambda _total, _request: 10**9)
    with closing(ScimConnection(scim.url, "token", 1)) as connection:
        resources = ScimResources(connection, pages_most=20)
        failure = failed(lambda: resources.read_all("Users", lambda _: True))
    assert failure.code == "crm_listing_endless"
    assert len(scim.requests) == 21


@pytest.mark.parametrize("wants_version", [True, False])
def test_what_others_wrote_stays_where_there_is_no_patch(
    scim: HostileScim, granting: Granting, *, wants_version: bool
) -> None:
    scim.character = Character(has_patch=False, wants_version=wants_version)
    granting.apply()
    granting.freeze()
    user = next(iter(scim.users.values()))
    group = next(iter(scim.groups.values()))
    user["urn:acme:badge"] = {"number": 7}
    group["members"].append({"value": "somebody-else", "display": "Sue"})

    granting.unfreeze()
    assert user["urn:acme:badge"] == {"number": 7}
    assert group["members"][0] == {"value": "somebody-else", "display": "Sue"}
    assert len(group["members"]) == 3
    granting.undo()
    assert group["members"] == [{"value": "somebody-else", "display": "Sue"}]


def test_whoever_was_faster_is_not_overwritten(scim: HostileScim, granting: Granting) -> None:
    scim.character = Character(has_patch=False, wants_version=True)
    group = scim.add("Groups", displayName="partners-select")

    def meanwhile(method: str, _path: str) -> Answer | None:
        if method == "PUT":
            scim.before = lambda _method, _path: None
            group["members"].append({"value": "somebody-else"})
            group["version"] += 1
        return None

    scim.before = meanwhile
    granting.apply()
    assert {"value": "somebody-else"} in group["members"]
    assert len(group["members"]) == 3


def test_whom_the_crm_kept_when_told_to_delete_is_given_back(scim: HostileScim, granting: Granting) -> None:
    scim.character.keeps_deleted = True
    granting.apply()
    granting.undo()
    assert not any(user["active"] for user in scim.users.values())
    granting.outputs.clear()
    granting.apply()
    assert all(user["active"] for user in scim.users.values())
    assert len(scim.users) == 2


@pytest.mark.parametrize("odd", ["..", ".", ""])
def test_an_id_that_means_another_address_is_not_asked_for(
    scim: HostileScim, granting: Granting, odd: str
) -> None:
    """A DELETE of "Users/.." would be one of the whole service."""
    granting.apply()
    user = next(iter(scim.users.values()))
    user["id"] = odd
    scim.requests.clear()
    with pytest.raises((AssertionError, Failure)) if odd else ExitStack():
        granting.undo()
    written = [path for method, path in scim.requests if method != "GET" and not path.endswith(".search")]
    assert written
    assert all(re.fullmatch(r"/(Users|Groups)/id-\d", path) for path in written)


@pytest.fixture
def org() -> SalesforceOrg:
    return SalesforceOrg()


@pytest.fixture
def salesforce(org: SalesforceOrg) -> Iterator[Granting]:
    with serving(org.answer) as url:
        settings = SalesforceSettings(url=url, client_id="x", client_secret="a-secret", profile_id="00e")
        with closing(SalesforceConnection(settings)) as connection:
            directory = SalesforceDirectory(connection, settings.profile_id)
            yield Granting(order_for("crm"), Outside(OUTSIDE, crm=directory).steps(), tries_most=2)


def test_salesforce_gives_a_new_token_when_the_old_one_ends(org: SalesforceOrg, salesforce: Granting) -> None:
    salesforce.apply()
    org.token = "token-2"
    salesforce.freeze()
    assert {is_active for _, is_active in org.of("crm")["users"]} == {False}


def test_salesforce_is_told_of_nobody_in_a_url(org: SalesforceOrg, salesforce: Granting) -> None:
    salesforce.apply()
    assert not any(salesforce.order.members[0].email.split("@")[1] in one for one in org.requests)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "REQUEST_LIMIT_EXCEEDED", Kind.QUOTA),
        (400, "UNABLE_TO_LOCK_ROW", Kind.CONFLICT),
        (503, "SERVER_UNAVAILABLE", Kind.UNAVAILABLE),
        (403, "INSUFFICIENT_ACCESS", Kind.DENIED),
        (400, "LICENSE_LIMIT_EXCEEDED", Kind.REFUSED),
    ],
)
def test_what_salesforce_refuses_is_sorted_by_its_code(
    org: SalesforceOrg, salesforce: Granting, status: int, code: str, kind: Kind
) -> None:
    org.refusal = (status, code)
    failure = failed(lambda: salesforce._steps[0].apply(salesforce.order, {}))
    assert failure.kind is kind
    assert code in failure.message


def test_a_name_that_is_taken_in_another_org_holds_up_nobody_else(
    org: SalesforceOrg, salesforce: Granting
) -> None:
    taken, free = salesforce.order.members
    theirs = org.add("User", Username=taken.email, Email="x@other.example")
    query = org._query
    org._query = lambda url: {**query(url), "result": _without(query(url)["result"], theirs)}  # type: ignore[method-assign]
    with pytest.raises(AssertionError, match="crm_user_hidden"):
        salesforce.apply()
    assert (free.email, True) in org.of("crm")["users"]


def _without(page: dict[str, Any], record_id: str) -> dict[str, Any]:
    return {**page, "records": [one for one in page["records"] if one["Id"] != record_id]}
