"""What a consent covers: event types one by one, personal fields, and one purpose."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from integrations.adapters.event_contracts import read_catalogue
from integrations.domain.consents import Consent, ConsentRequest, Purpose, Sharing, Standing, covers
from integrations.domain.integrator_log import by_operator
from integrations.domain.integrators import Integrator, PartnerRule, PartnerScope
from integrations.domain.kafka_users import topic_access
from integrations.domain.partners import Partner
from local_stack.settings import REPOSITORY

NOW, ONE, OTHER = datetime(2026, 6, 1, tzinfo=UTC), UUID(int=1), UUID(int=2)
PURPOSE = Purpose(de="Wir planen Schulungen.", en="We plan trainings.")
ASKING = Integrator(
    id=ONE,
    name="Maps",
    event_types=("a.v1", "b.v1"),
    partners=PartnerScope(PartnerRule.CONSENTED),
    sees_personal=False,
    purpose=PURPOSE,
    created_at=NOW,
)
ALL_TYPES = ("c.v1", "a.v1", "b.v1")


def request(integrator: Integrator = ASKING) -> ConsentRequest:
    found = integrator.request(ALL_TYPES)
    assert found is not None
    return found


def given(asked: ConsentRequest, number: int = 1) -> Consent:
    return asked.given(UUID(int=number), OTHER, NOW, by_operator("ada"))


def standing(asked: ConsentRequest | None, consents: Sequence[Consent]) -> Standing:
    return Sharing(integrator_id=ONE, integrator_name="Maps", request=asked, consents=consents).standing


def test_whoever_gets_all_asks_for_those_that_there_are() -> None:
    everything = request(replace(ASKING, event_types=None))
    assert everything.event_types == ("a.v1", "b.v1", "c.v1")
    later = replace(ASKING, event_types=None).request((*ALL_TYPES, "d.v1"))
    assert later is not None
    assert not covers([given(everything)], later)


@pytest.mark.parametrize(
    "change",
    [{"partners": PartnerScope()}, {"purpose": None}, {"event_types": ()}],
    ids=["all partners", "no purpose", "shut off"],
)
def test_who_does_not_ask(change: dict[str, object]) -> None:
    assert replace(ASKING, **change).request(ALL_TYPES) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"event_types": ("a.v1", "b.v1", "c.v1")},
        {"sees_personal": True},
        {"purpose": replace(PURPOSE, version=2)},
        {"purpose": replace(PURPOSE, en="We sell them.")},
        {"id": OTHER},
    ],
    ids=["types", "personal fields", "purpose", "text", "integrator"],
)
def test_whatever_else_is_asked_for_has_another_digest(change: dict[str, object]) -> None:
    assert request(replace(ASKING, **change)).digest != request().digest  # type: ignore[arg-type]


def test_less_is_covered_and_more_is_not() -> None:
    consent = given(request())
    assert covers([consent], request())
    assert covers([consent], request(replace(ASKING, event_types=("b.v1",))))
    assert not covers([consent], request(replace(ASKING, event_types=("b.v1", "c.v1"))))
    assert not covers([consent], request(replace(ASKING, sees_personal=True)))
    assert not covers([consent], request(replace(ASKING, purpose=replace(PURPOSE, version=2))))
    assert not covers([replace(consent, withdrawn_at=NOW)], request())


def test_two_agreements_cover_together_but_personal_fields_of_their_own_types_alone() -> None:
    personal = given(request(replace(ASKING, event_types=("a.v1",), sees_personal=True)))
    plain = given(request(replace(ASKING, event_types=("b.v1",))), 2)
    assert covers([personal, plain], request())
    assert not covers([personal, plain], request(replace(ASKING, sees_personal=True)))


def test_standings() -> None:
    consent = given(request())
    ended = replace(consent, withdrawn_at=NOW, withdrawn_by=by_operator("ada"))
    wider = request(replace(ASKING, event_types=ALL_TYPES))
    assert standing(request(), []) is Standing.ASKED
    assert standing(request(), [consent]) is Standing.AGREED
    assert standing(wider, [consent]) is Standing.ASKED_AGAIN
    assert standing(request(), [ended]) is Standing.WITHDRAWN
    assert standing(None, [consent]) is Standing.UNASKED
    assert standing(None, [ended]) is Standing.WITHDRAWN


def test_the_same_words_are_the_same_purpose() -> None:
    second = Purpose(de=PURPOSE.de, en="We plan more.").after(PURPOSE)
    assert (Purpose(de=PURPOSE.de, en=PURPOSE.en).after(PURPOSE), second.version) == (PURPOSE, 2)


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "expired", "offboarding", "offboarded"])
def test_who_is_leaving_agrees_to_nothing(state: str) -> None:
    assert not Partner(id=ONE, state=state).may_agree
    assert Partner(id=ONE).may_agree
    assert Partner(id=ONE, state="suspended").may_agree


def test_kafka_gives_whole_topics_so_nobody_who_asks_partners_gets_one() -> None:
    catalogue = read_catalogue(REPOSITORY / "contracts")
    access = topic_access(replace(ASKING, event_types=None, sees_personal=True, uses_kafka=True), catalogue)
    assert access.topics == ()
    assert set(access.refused.values()) == {"It holds events of all partners, and you may see those of some."}
