"""What a sweep found is looked for once more before it is taken away."""

from contextlib import nullcontext

import pytest

from chassis.failures import NotNow
from provisioning.adapters.listing import Listing, Seen
from provisioning.domain.findings import Mark, ThingKind


def told_of(answer: str | None) -> Listing[str]:
    """The outside answers so, whatever it is asked for."""
    return Listing(
        kind=ThingKind.THING,
        product="iot",
        pages=lambda _cursor: ((), None),
        seen=lambda name: Seen(name, Mark()) if name.startswith("gangway-") else None,
        look=lambda _outside_id: answer,
        take_away=lambda _thing: None,
        sorting=nullcontext,
    )


def test_an_answer_about_another_thing_is_neither_that_nor_nothing() -> None:
    found = told_of("gangway-one").find("gangway-one")
    assert found is not None
    assert found.outside_id == "gangway-one"
    with pytest.raises(NotNow, match="answer_about_another"):
        told_of("gangway-one").find("gangway-two")
    assert told_of(None).find("gangway-one") is None
    assert told_of("theirs").find("gangway-one") is None, "it bears no mark of ours any more"
