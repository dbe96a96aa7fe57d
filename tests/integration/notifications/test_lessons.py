"""A learning system tells by xAPI what was learned: by whom, how far, and nothing about anybody else."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest

ZOE = "zoe@maschinenbau-weiss.example"
ZOES_ID = "0193f0a2-7c20-7c04-b3aa-90e7f4d21c02"
BASICS = "https://learn.gangway.example/paths/partner-basics"
VERBS = "http://adlnet.gov/expapi/verbs/"
# The long example of xAPI 1.0.3 (xAPI-Data.md, appendix A), about one of our people and paths.
OF_THE_STANDARD = """
{
  "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
  "actor": {"name": "Team PB", "mbox": "mailto:ZOE@Maschinenbau-Weiss.example", "objectType": "Agent"},
  "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en-US": "attended"}},
  "result": {
    "extensions": {"http://example.com/profiles/meetings/resultextensions/minuteslocation": "X:\\\\meetings"},
    "score": {"scaled": 0.95, "raw": 47.5, "min": 0, "max": 50},
    "success": true, "completion": true, "response": "We agreed on some example actions.",
    "duration": "PT1H0M0S"
  },
  "context": {
    "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
    "contextActivities": {
      "parent": [{"id": "http://www.example.com/meetings/series/267", "objectType": "Activity"}]
    },
    "instructor": {
      "name": "Andrew Downes", "account": {"homePage": "http://www.example.com", "name": "13936749"}
    },
    "platform": "Example virtual meeting software", "language": "tlh"
  },
  "timestamp": "2013-05-18T05:32:34.804+00:00", "stored": "2013-05-18T05:32:34.804+00:00",
  "authority": {
    "account": {"homePage": "http://cloud.scorm.com/", "name": "anonymous"}, "objectType": "Agent"
  },
  "version": "1.0.0",
  "object": {
    "id": "https://learn.gangway.example/paths/partner-basics",
    "definition": {"name": {"en-GB": "example meeting"}, "type": "http://adlnet.gov/expapi/activities/meeting"},
    "objectType": "Activity"
  }
}
"""


@pytest.fixture
def invited(world):
    """An active partner whose people are invited."""
    world.tell("partner.email_verification_requested")
    world.tell("partner.approved")
    world.tell("access.member_added", products=[])
    world.tell("partner.activated")
    world.deliver()
    return world


@pytest.fixture
def system(invited, keys):
    """Sends statements as the learning system does."""
    client = invited.client()

    def send(told, *, method="POST", version="1.0.3", token=keys["learning_token"], **query):
        headers = {"Authorization": f"Bearer {token}"}
        headers |= {"X-Experience-API-Version": version} if version else {}
        path = "/v1/xapi/statements"
        return client.open(path, method=method, json=told, headers=headers, query_string=query)

    return send


def statement(verb="completed", *, activity=BASICS, actor=None, **more):
    return {
        "actor": actor or {"mbox": f"mailto:{ZOE}"},
        "verb": {"id": VERBS + verb},
        "object": {"id": activity},
        **more,
    }


def lesson_of(world, member_id=ZOES_ID, path="partner-basics"):
    query = "SELECT * FROM invitations WHERE partner_id = :partner AND member_id = :member AND path = :path"
    [found] = world.rows(query, partner=world.partner_id, member=member_id, path=path)
    return found


def learned(world):
    """What was told of this partner's learning, after the invitations."""
    told = [event for event in world.events() if event.get("partner_id") == world.partner_id]
    names = ("learning.invitation_accepted", "learning.path_")
    return [event["type"] for event in told if event["type"].startswith(names)]


ALL = ["learning.invitation_accepted.v1", "learning.path_started.v1", "learning.path_completed.v1"]


def test_the_example_of_the_standard_completes_a_path(invited, system):
    answer = system(json.loads(OF_THE_STANDARD))
    assert (answer.status_code, answer.json) == (200, ["6690e6c9-3ef0-4ed3-8b37-7f3964730bee"])
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    lesson = lesson_of(invited)
    assert (lesson["state"], lesson["progress"], lesson["score"]) == ("accepted", 100, 0.95)
    # Nobody completes what they were not invited to yet.
    assert lesson["completed_at"] == lesson["created_at"]
    assert learned(invited) == ALL
    assert system(json.loads(OF_THE_STANDARD)).status_code == 200
    assert learned(invited) == ALL


def test_a_lesson_goes_on_by_batch_and_never_back(invited, system):
    cmi5 = "https://w3id.org/xapi/cmi5/result/extensions/progress"
    batch = [
        statement("progressed", result={"extensions": {cmi5: 60}}),
        statement("initialized"),
        statement("progressed", result={"extensions": {cmi5: 40}}),
        statement("progressed", result={"extensions": {cmi5: "much"}}),
    ]
    answer = system(batch)
    assert (answer.status_code, len(set(answer.json))) == (200, 4)
    assert (lesson_of(invited)["progress"], lesson_of(invited)["completed_at"]) == (60, None)
    assert learned(invited) == ALL[:2]
    assert system(statement("passed", result={"success": False})).status_code == 200
    assert lesson_of(invited)["completed_at"] is None
    passed = statement("passed", result={"score": {"scaled": 0.4}})
    assert system(passed, method="PUT", statementId=str(uuid.uuid4())).status_code == 204
    assert system(statement("passed", result={"score": {"scaled": 0.9}})).status_code == 200
    assert system(statement("initialized")).status_code == 200
    lesson = lesson_of(invited)
    assert (lesson["progress"], lesson["score"]) == (100, 0.9)
    assert datetime.now(UTC) - lesson["completed_at"] < timedelta(minutes=5)
    assert learned(invited) == ALL


def test_a_member_is_known_by_an_account_of_ours(invited, system):
    home = invited.service.settings.public_url
    elsewhere = {"account": {"homePage": "https://lms.example", "name": ZOES_ID}}
    assert system(statement(actor=elsewhere)).status_code == 200
    assert lesson_of(invited)["completed_at"] is None
    assert system(statement(actor={"account": {"homePage": home, "name": ZOES_ID}})).status_code == 200
    assert lesson_of(invited)["completed_at"] is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"activity": "https://learn.gangway.example/paths/unheard-of"},
        {"actor": {"mbox": "mailto:nobody@elsewhere.example"}},
        {"actor": {"mbox_sha1sum": "0" * 40}},
        {"actor": {"objectType": "Group", "member": [{"mbox": f"mailto:{ZOE}"}]}},
        {"verb": "voided"},
    ],
    ids=["unknown-path", "unknown-person", "digest", "group", "other-verb"],
)
def test_what_is_not_ours_gets_the_same_answer_and_changes_nothing(invited, system, changes):
    answer = system(statement(**changes))
    assert (answer.status_code, len(answer.json)) == (200, 1)
    assert learned(invited) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"actor": {"mbox": f"mailto:{ZOE}", "openid": "https://zoe.example"}}, "actor"),
        ({"actor": {"name": "Zoe"}}, "actor"),
        ({"verb": {"id": "completed"}}, "verb"),
        ({"result": {"score": {"scaled": 1.5}}}, "result"),
        ({"id": "one"}, "id"),
        ({"timestamp": "yesterday"}, "timestamp"),
    ],
    ids=["two-ways", "no-way", "no-iri", "score", "id", "time"],
)
def test_what_is_no_statement_is_refused_as_a_whole(invited, system, wrong, field):
    answer = system([statement(), statement() | wrong])
    assert answer.status_code == 422
    assert field in json.dumps(answer.json["errors"])
    assert learned(invited) == []


OF_ANOTHER_STATEMENT = {"objectType": "StatementRef", "id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0"}


def test_a_store_may_pass_on_what_is_about_other_things(invited, system):
    """Statements that void others, or are about people: they keep nobody else's from being noted."""
    about = [OF_ANOTHER_STATEMENT, {"objectType": "Agent", "mbox": "mailto:adam@other.example"}]
    batch = [statement("voided") | {"object": one} for one in about] + [statement()]
    assert system(batch).status_code == 200
    assert learned(invited) == ALL


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[" * 100_000, 400),
        ('{"actor": ' * 20_000, 400),
        (json.dumps(statement(actor={"mbox": "mailto:z\0e@a.example"})), 422),
        (json.dumps(statement(actor={"mbox": "mailto:z\ud800@a.example"})), 422),
        (json.dumps(statement() | {"object": {"objectType": "Activity"}}), 422),
        (json.dumps(statement() | {"object": {"id": OF_ANOTHER_STATEMENT["id"]}}), 422),
    ],
    ids=["deep-list", "deep-object", "nul", "half-a-pair", "no-activity", "no-iri"],
)
def test_odd_bodies_are_refused_plainly(invited, keys, body, status):
    headers = {"Authorization": f"Bearer {keys['learning_token']}", "X-Experience-API-Version": "1.0.3"}
    for method, query in (("POST", {}), ("PUT", {"statementId": str(uuid.uuid4())})):
        answer = invited.client().open(
            "/v1/xapi/statements",
            method=method,
            data=body,
            headers=headers,
            query_string=query,
            content_type="application/json",
        )
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert learned(invited) == []


def test_in_whatever_order_it_is_told_it_comes_to_the_same(invited, system):
    """A system that sends the end before the beginning, as queues do."""
    world_before = lesson_of(invited)
    at = [world_before["created_at"] + timedelta(milliseconds=number) for number in (1, 2, 3)]
    for verb, moment in (("completed", at[2]), ("completed", at[1]), ("initialized", at[0])):
        assert system(statement(verb, timestamp=moment.isoformat())).status_code == 200
    lesson = lesson_of(invited)
    assert [lesson[name] for name in ("accepted_at", "started_at", "completed_at")] == [at[0], at[0], at[1]]
    assert learned(invited) == ALL


def test_a_time_without_a_zone_is_in_utc(invited, system):
    at = lesson_of(invited)["created_at"] + timedelta(milliseconds=1)
    assert system(statement("initialized", timestamp=f"{at:%Y-%m-%dT%H:%M:%S.%f}")).status_code == 200
    assert lesson_of(invited)["started_at"] == at


def test_nobody_learns_for_a_partner_that_has_left(invited, system):
    invited.tell("partner.offboarding_started")
    invited.deliver()
    assert system(statement(result={"score": {"scaled": 0.5}})).status_code == 200
    assert lesson_of(invited)["score"] is None
    assert learned(invited) == []


def test_the_version_and_the_id_are_checked(invited, system):
    for version in (None, "0.95", "2.0.0"):
        answer = system(statement(), version=version)
        assert (answer.status_code, answer.json["code"]) == (400, "xapi_version")
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    assert system(statement(id=one), method="PUT", statementId=other).status_code == 400
    assert system([statement()] * 501).status_code == 413
    assert learned(invited) == []


def test_no_other_token_tells_and_this_one_reads_nothing(invited, system, keys):
    assert system(statement(), token=keys["ops_token"]).status_code == 403
    assert system(statement(), token="none").status_code == 401
    token = keys["learning_token"]
    path = f"/v1/partners/{invited.partner_id}/invitations"
    answer = invited.client().get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_who_was_removed_learns_no_more_and_their_results_are_forgotten(invited, system):
    assert system(statement(result={"score": {"scaled": 0.5}})).status_code == 200
    invited.tell("partner.member_removed", member_id=ZOES_ID)
    lesson = lesson_of(invited)
    assert (lesson["score"], lesson["progress"]) == (None, None)
    assert system(statement(result={"score": {"scaled": 0.8}})).status_code == 200
    assert lesson_of(invited)["score"] is None


def test_results_are_forgotten_with_the_partnership_and_none_come_after_it(invited, system):
    assert system(statement(result={"score": {"scaled": 0.5}})).status_code == 200
    invited.tell("partner.offboarding_started")
    assert lesson_of(invited)["score"] == 0.5
    invited.tell("partner.offboarded")
    told = learned(invited)
    assert system(statement(result={"score": {"scaled": 0.8}})).status_code == 200
    lesson = lesson_of(invited)
    assert (lesson["score"], lesson["progress"]) == (None, None)
    assert learned(invited) == told


def test_a_lesson_told_while_its_person_is_removed_is_not_kept(invited, system):
    """It waits for the removal to commit, and then finds nobody."""
    removed = invited.next_event("partner.member_removed", member_id=ZOES_ID)
    assert invited.service.subscriptions is not None
    handler = invited.service.subscriptions.topics[removed.topic]["partner.member_removed.v1"]
    waiting = (
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND query LIKE '%FOR UPDATE%'"
    )
    with ThreadPoolExecutor(1) as threads:
        with invited.service.open_work() as work:
            handler.handle(work, removed, handler.schema.load(removed.data))
            work.write_now()
            told = threads.submit(system, statement(result={"score": {"scaled": 0.8}}))
            while not invited.rows(waiting) and not told.done():
                sleep(0.01)
            assert not told.done()
        assert told.result().status_code == 200
    assert lesson_of(invited)["score"] is None
    assert learned(invited) == []
