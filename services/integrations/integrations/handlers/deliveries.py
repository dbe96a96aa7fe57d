"""Deliveries, as integrators look at them and send them again. None stands for what is not theirs."""

from dataclasses import replace
from datetime import timedelta

from chassis.identity.single_use import REPEATABLE_FOR
from integrations.domain.deliveries import Delivery
from integrations.domain.integrator_log import Action
from integrations.domain.quotas import Act
from integrations.domain.refusals import NotPermitted, QuotaUsedUp
from integrations.domain.replays import Replay, State
from integrations.handlers import commands, jobs, quotas
from integrations.handlers.ports import Work
from integrations.handlers.recording import record
from integrations.handlers.visits import id_for

EVENTS_PER_STEP = 1_000
# With each go its deliveries to all endpoints.
FORGOTTEN_PER_STEP = 100
ASK_AGAIN_AFTER = timedelta(seconds=30)


def retry(work: Work, command: commands.RetryDelivery) -> Delivery | None:
    """Send it again, under the same ``webhook-id``. Raises QuotaUsedUp."""
    quotas.use(work, command.integrator_id, Act.RETRY)
    delivery = work.deliveries.get(command.integrator_id, command.delivery_id)
    if delivery is None:
        return None
    work.deliveries.restart(delivery, work.now())
    work.deliveries.wake_sender(delivery.endpoint_id)
    return work.deliveries.get(command.integrator_id, command.delivery_id)


def start_replay(work: Work, command: commands.StartReplay) -> Replay | None:
    """The worker does it, step by step. Raises NotPermitted and QuotaUsedUp."""
    integrator = work.integrators.lock(command.integrator_id)
    wanted = vars(command).copy()
    by, visit = wanted.pop("by"), wanted.pop("visit")
    replay_id = id_for(command.integrator_id, "replay", visit, wanted)
    if (known := work.replays.get(command.integrator_id, replay_id)) is not None:
        if work.now() - known.created_at < REPEATABLE_FOR:
            return known
        replay_id = id_for(replay_id, "replay", None)
    quotas.use(work, command.integrator_id, Act.REPLAY)
    if work.endpoints.lock(command.integrator_id, command.endpoint_id) is None:
        return None
    if integrator is not None and (refused := integrator.refused(command.event_types or ())):
        raise NotPermitted("types", refused)
    most = work.policies.most_replays_running
    if work.replays.running(command.integrator_id) >= most:
        raise QuotaUsedUp(f"{most} replays are allowed at a time.", ASK_AGAIN_AFTER)
    now = work.now()
    until = min(command.until or now, now)
    first, last, count = work.events.range_of(command.integrator_id, command.since, until)
    replay = Replay(
        id=replay_id,
        first=first,
        last=last,
        position=first - 1,
        events_total=count,
        state=State.RUNNING if first <= last else State.DONE,
        created_at=now,
        **{**wanted, "until": until},
    )
    work.replays.add(replay)
    record(work, replay.integrator_id, by, Action.REPLAY_STARTED, subject_id=replay.id)
    if replay.state is State.RUNNING:
        work.defer(jobs.continue_replay(replay.id))
    return replay


def continue_replay(work: Work, command: commands.ContinueReplay) -> Replay | None:
    """One step; defers the next one, so that none holds its locks for long."""
    replay = work.replays.lock(command.replay_id)
    if replay is None or replay.state is State.DONE:
        return replay
    until, count = work.events.next_of(replay, EVENTS_PER_STEP)
    started, under_way = work.deliveries.replay(replay, until, work.now())
    moved = replace(
        replay,
        position=until,
        events_done=replay.events_done + count,
        deliveries=replay.deliveries + started,
        under_way=replay.under_way + under_way,
        state=State.DONE if until == replay.last else State.RUNNING,
    )
    work.replays.save(moved)
    work.deliveries.wake_sender(replay.endpoint_id)
    if moved.state is State.RUNNING:
        work.defer(jobs.continue_replay(replay.id))
    return moved


def clean_up(work: Work, command: commands.CleanUp) -> int:
    """A small batch; how many events, replays and erased partners were forgotten."""
    before, most = command.before, FORGOTTEN_PER_STEP
    forgotten = work.events.forget(before, most) + work.replays.forget(before, most)
    return forgotten + work.partners.forget_erased(before, most)


def hurry(work: Work, command: commands.HurryEndpoint) -> int:
    """One step; defers the next one: a million may wait. Return how many deliveries are due now."""
    hurried = work.deliveries.hurry(command.endpoint_id, work.now(), EVENTS_PER_STEP)
    if hurried == EVENTS_PER_STEP:
        work.defer(jobs.hurry_endpoint(command.endpoint_id))
    work.deliveries.wake_sender(command.endpoint_id)
    return hurried


def forget_endpoint(work: Work, command: commands.ForgetEndpoint) -> int:
    """One step; defers the next one. Return how many deliveries were forgotten."""
    forgotten = work.deliveries.forget(command.endpoint_id, EVENTS_PER_STEP)
    if forgotten:
        work.defer(jobs.forget_endpoint(command.endpoint_id))
    return forgotten
