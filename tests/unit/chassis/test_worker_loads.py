"""Who of a web process's workers has fewer connections."""

from chassis.http.worker_loads import SLOTS, WorkerLoads


def test_another_is_freer_with_two_fewer() -> None:
    loads = WorkerLoads()
    loads.note(1, 5)
    assert not loads.is_another_freer(5)
    assert not loads.is_another_freer(6)
    assert loads.is_another_freer(7)


def test_who_has_ended_is_not_waited_for() -> None:
    loads = WorkerLoads()
    assert not loads.is_another_freer(100)
    loads.note(SLOTS + 3, 0)
    assert loads.is_another_freer(2)
    loads.forget(SLOTS + 3)
    assert not loads.is_another_freer(2)
