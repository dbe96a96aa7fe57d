"""A seed repeats a run's partners and faults; every plot is among them."""

from fault_runner.fault_plan import Fault, FaultPlan, Risk
from fault_runner.stories import Plot, draw_stories


def test_a_seed_repeats_the_stories_and_another_changes_them() -> None:
    assert draw_stories("one", 20, 10.0) == draw_stories("one", 20, 10.0)
    assert draw_stories("one", 20, 10.0) != draw_stories("two", 20, 10.0)


def test_ten_partners_live_through_every_plot_and_arrive_steadily() -> None:
    stories = draw_stories("seed", 10, 20.0)

    assert {story.plot for story in stories} == set(Plot)
    assert [story.starts_after_seconds for story in stories] == [2.0 * number for number in range(10)]
    assert (
        len({story.registration_number for story in stories}) == len({story.email for story in stories}) == 10
    )


def test_a_seed_repeats_the_mishaps() -> None:
    def drawn(seed: str) -> list[object]:
        plan = FaultPlan(seed, Risk(refusals=0.5, answers=0.5))
        return [draw() for _ in range(50) for draw in (plan.for_connection, plan.for_answer)]

    assert drawn("one") == drawn("one")
    assert drawn("one") != drawn("two")
    assert {mishap.fault for mishap in drawn("one") if mishap} == set(Fault)


def test_after_calm_nothing_happens_any_more() -> None:
    plan = FaultPlan("seed", Risk(refusals=1.0, answers=1.0))
    plan.calm()

    assert [plan.for_connection(), plan.for_answer()] == [None, None]
