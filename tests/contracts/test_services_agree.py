"""Each service reads exactly what the contracts say; what it sends is checked in `test_event_classes`."""

import pytest
from marshmallow import EXCLUDE, RAISE, Schema, fields, validate
from tests.contracts.agreement import consumer_disagreements
from tests.contracts.conftest import READ
from tests.contracts.services import SERVICES, service, subscriptions

from chassis.messaging.subscriptions import TopicOwner
from contract_tools import Contracts

CONSUMED = [
    (name, key) for topic in READ.topics.values() for name, keys in topic.consumers.items() for key in keys
]


def consumers_schema(name: str, key: str) -> Schema:
    """What the service reads the event with."""
    topic = next(handlers for handlers in subscriptions(name).topics.values() if key in handlers)
    return topic[key].schema


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_knows_which_of_its_topics_are_compacted(name: str, contracts: Contracts) -> None:
    """Of those nothing old is ever sent again, and it has a job that writes them anew."""
    topics = contracts.topics.values()
    due = {topic.name for topic in topics if topic.owner == name and topic.cleanup == "compact"}
    compacted = service(name).compacted
    assert compacted.names == due
    assert bool(compacted.write_anew) == bool(due)


@pytest.mark.parametrize("name", SERVICES)
def test_a_reader_knows_which_topics_are_compacted(name: str, contracts: Contracts) -> None:
    """There a jump is no hole."""
    read = subscriptions(name)
    due = {topic for topic in read.topics if contracts.topics[topic].cleanup == "compact"}
    assert set(read.compacted) == due


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_sends_and_takes_what_the_topic_s_owner_sends(name: str, contracts: Contracts) -> None:
    owned = {topic.source for topic in contracts.topics.values() if topic.owner == name}
    source = service(name).settings.event_source
    assert owned <= {source}
    assert service(name).database._events._source == source
    read = subscriptions(name)
    assert read.owners == {
        topic: TopicOwner(
            sources=frozenset({contracts.topics[topic].source}), subject_field=contracts.topics[topic].key
        )
        for topic in read.topics
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_reads_what_the_topics_say_it_reads(name: str, contracts: Contracts) -> None:
    read = subscriptions(name)
    named: dict[str, set[str]] = {
        topic.name: set(topic.consumers[name])
        for topic in contracts.topics.values()
        if name in topic.consumers
    }
    assert {topic: set(handlers) for topic, handlers in read.topics.items()} == named
    assert read.group == name


@pytest.mark.parametrize(("name", "key"), CONSUMED)
def test_a_consumer_reads_all_it_may_meet(name: str, key: str, contracts: Contracts) -> None:
    assert consumer_disagreements(consumers_schema(name, key), contracts.events[key]) == []


@pytest.mark.parametrize(("name", "key"), CONSUMED)
def test_a_consumer_reads_golden_examples(name: str, key: str, contracts: Contracts) -> None:
    release = contracts.releases.get(key)
    for example in release.examples if release else ():
        assert consumers_schema(name, key).validate(example) == {}


WAIVED = READ.events["access.waived.v1"]


def test_a_consumer_that_disagrees_is_noticed() -> None:
    class Reads(Schema):
        class Meta:
            unknown = EXCLUDE

        product = fields.String(required=True)

    class Strict(Reads):
        product = fields.String(
            required=True, validate=validate.OneOf(["cloud_sandbox", "analytics", "crm", "iot"])
        )

    class Demanding(Reads):
        until = fields.AwareDateTime(required=True)

    assert consumer_disagreements(Reads(), WAIVED) == []
    assert any("'unheard_of' (new)" in one for one in consumer_disagreements(Strict(), WAIVED))
    assert "/until is not in the contract" in consumer_disagreements(Demanding(), WAIVED)
    assert any("(new)" in one for one in consumer_disagreements(Reads(unknown=RAISE), WAIVED))


def test_an_optional_field_may_be_missing_for_a_consumer(contracts: Contracts) -> None:
    class Reads(Schema):
        class Meta:
            unknown = EXCLUDE

        reason = fields.String(required=True)

    found = consumer_disagreements(Reads(), contracts.events["partner.withdrawn.v1"])
    assert any(one.startswith("refuses reason = (absent)") for one in found)
