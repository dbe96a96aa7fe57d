"""What the example service `tallies` hears, on whatever topic a test has made."""

from functools import cache

from chassis.events import Event


class ThingSaid(Event, name="thing.said", subject_field="thing"):
    """What is not given is left out."""

    thing: str
    number: int | None = None
    needs: str | None = None
    text: str | None = None


@cache
def said_on(topic: str, *, is_snapshot: bool = False, may_wait: bool = False) -> type[ThingSaid]:
    """The event as one topic has it."""

    class Said(ThingSaid, topic=topic, is_snapshot=is_snapshot, may_wait=may_wait):
        pass

    return Said
