"""Whatever happens to a partner's grants, in any order: no orphan, no double end, nothing stuck for good."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.examples import examples
from tests.unit.provisioning.conftest import ProvisioningInMemory
from tests.unit.provisioning.fake_database import Killed
from tests.unit.provisioning.fake_outside import BRAKES, Mishap
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.domain.grant_states import Intent, MoveNotAllowed, State
from provisioning.domain.grants import Grant
from provisioning.handlers import jobs
from provisioning.handlers.commands import RetryGrant, WaiveGrant
from provisioning.handlers.grants import retry_grant, waive_grant

OVER = (State.REVOKED, State.CANCELLED, State.WAIVED)
PEOPLE_STEPS = {product.people_step for product in PRODUCTS.values()}
MISHAPS = (
    NotNow("throttled", "Slow down."),
    NotNow("at_work", "Being made.", retry_after=timedelta(seconds=5), kind=Kind.UNDER_WAY),
    NeverPossible("refused", "Refused."),
    KeyError("a bug"),
    Killed(),
)


class AnyOrder(RuleBasedStateMachine):
    """One partner with two products; events, jobs, operators and mishaps come as they like."""

    @initialize()
    def plan(self) -> None:
        self.provisioning = ProvisioningInMemory()
        self.partner_id = self.provisioning.plan("crm", "iot")
        self.database = self.provisioning.database
        self.is_leaving = False
        self.joined: set[UUID] = set()
        self.removed: set[UUID] = set()
        self.in_order: list[UUID] = []

    def grants(self) -> list[Grant]:
        return list(self.database.rows.grants.values())

    @rule(event=st.sampled_from(["suspended", "resumed"]))
    def switch(self, event: str) -> None:
        self.provisioning.later()
        self.provisioning.hear(event, {"partner_id": self.partner_id})

    @rule()
    def join(self) -> None:
        person = self.provisioning.join(self.partner_id, f"p{len(self.joined)}@example.com")
        if not self.is_leaving:
            self.joined.add(person)
            self.in_order.append(person)

    @precondition(lambda self: self.in_order)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Once, or once more."""
        person = data.draw(st.sampled_from(self.in_order))
        self.provisioning.remove(self.partner_id, person)
        if not self.is_leaving:
            self.joined.discard(person)
            self.removed.add(person)

    @rule()
    def join_again(self) -> None:
        """The same mailbox by another membership, whatever became of the first."""
        person = self.provisioning.join(self.partner_id, "p0@example.com")
        if not self.is_leaving:
            self.joined.add(person)
            self.in_order.append(person)

    @rule()
    def repeat_the_agreement(self) -> None:
        self.provisioning.hear("agreement_accepted", {"partner_id": self.partner_id})

    @rule()
    def leave(self) -> None:
        self.is_leaving = True
        self.provisioning.hear("offboarding_started", {"partner_id": self.partner_id})

    @precondition(lambda self: self.database.jobs)
    @rule(data=st.data())
    def do_a_job(self, data: st.DataObject) -> None:
        """Any job, due or not: the queue's clock and ours may differ."""
        job = data.draw(st.sampled_from(range(len(self.database.jobs))))
        self._advance(UUID(self.database.jobs.pop(job).arguments["grant_id"]))

    @rule(product=st.sampled_from(["crm", "iot"]), data=st.data())
    def meet_a_mishap(self, product: str, data: st.DataObject) -> None:
        """The next job of a product fails or dies, before or after its work outside."""
        jobs = [job for job in self.database.jobs if self._product(job.arguments["grant_id"]) == product]
        mishap = Mishap(data.draw(st.sampled_from(MISHAPS)), data.draw(st.booleans()))
        for step in PRODUCTS[product].all_steps:
            for action in ("apply", "undo", "freeze", "unfreeze"):
                self.provisioning.outside.mishaps[action, step] = [mishap]
        if jobs:
            self.database.jobs.remove(jobs[0])
            self._advance(UUID(jobs[0].arguments["grant_id"]))
        self.provisioning.outside.mishaps.clear()

    @rule(product=st.sampled_from(["crm", "iot"]))
    def retry(self, product: str) -> None:
        self._try(lambda work, grant_id: retry_grant(work, RetryGrant(grant_id)), product)

    @rule(product=st.sampled_from(["crm", "iot"]))
    def waive(self, product: str) -> None:
        self._try(
            lambda work, grant_id: waive_grant(
                work, WaiveGrant(grant_id=grant_id, reason="because", by="amara")
            ),
            product,
        )

    @rule()
    def all_goes_well(self) -> None:
        self.provisioning.run()

    @rule()
    def wait(self) -> None:
        self.provisioning.later(120)

    @invariant()
    def cleared_is_told_once_and_only_when_nothing_is_left(self) -> None:
        cleared = self.database.names().count("access.cleared")
        assert cleared <= 1
        if cleared:
            assert self.is_leaving
            assert self.provisioning.outside.standing == {}

    @invariant()
    def whoever_joined_is_told_once_and_only_of_what_they_have(self) -> None:
        told = [event.data for event in self.database.events if event.name == "access.member_added"]
        times = Counter(data["member_id"] for data in told)
        assert set(times) <= {str(person) for person in self.joined | self.removed}
        assert set(times.values()) <= {1}

    @invariant()
    def who_is_gone_is_told_once_and_only_when_nothing_is_seen(self) -> None:
        told = [event.data for event in self.database.events if event.name == "access.member_removed"]
        times = Counter(data["member_id"] for data in told)
        assert set(times) <= {str(person) for person in self.removed}
        assert set(times.values()) <= {1}
        for (_, step), people in self.provisioning.outside.people.items():
            assert step not in PEOPLE_STEPS or not {str(one) for one in people} & set(times)

    @invariant()
    def what_stands_outside_is_known_inside(self) -> None:
        for grant_id, name in self.provisioning.outside.standing:
            grant = self.database.rows.grants[grant_id]
            assert grant.step(name).may_stand_outside

    @invariant()
    def whatever_is_to_do_has_a_job(self) -> None:
        waiting = {job.arguments["grant_id"] for job in self.database.jobs}
        for grant in self.grants():
            assert not grant.moves() or str(grant.grant_id) in waiting

    def teardown(self) -> None:
        """In the end all goes well: what stands is on or off as wanted, then the partner leaves."""
        if not hasattr(self, "provisioning"):
            return
        self._come_to_rest()
        for (grant_id, step), switch in self.provisioning.outside.standing.items():
            intent = self.database.rows.grants[grant_id].intent
            assert switch == ("off" if intent is Intent.FROZEN and step in BRAKES else "on")
        self._check_people()
        self.leave()
        self._come_to_rest()
        assert self.provisioning.outside.standing == {}
        assert self.database.rows.seats == {}
        assert self.database.names().count("access.cleared") == 1
        assert all(grant.state in OVER for grant in self.grants())

    def _check_people(self) -> None:
        """Everybody has a seat where the partner has people, and was told unless the partner is suspended."""
        grant = self.provisioning.grant(self.partner_id, "crm")
        seated = self.provisioning.outside.people.get((grant.grant_id, "crm_users"), [])
        if grant.intent is Intent.ON:
            assert self.joined <= set(seated)
        assert not self.removed & set(seated)
        told = {
            event.data["member_id"] for event in self.database.events if event.name == "access.member_removed"
        }
        assert {str(person) for person in self.removed} == told
        assert not self.database.rows.partners[self.partner_id].leavers
        everybody = {member.member_id for member in self.database.rows.partners[self.partner_id].members}
        assert self.joined <= everybody
        is_suspended = any(grant.intent is Intent.FROZEN for grant in self.grants())
        if not self.is_leaving and not is_suspended:
            assert self.joined <= self.database.rows.partners[self.partner_id].members_told

    def _come_to_rest(self) -> None:
        """All jobs are done and operators retry what is stuck."""
        for _ in range(3):
            self.provisioning.run()
            for grant in self.grants():
                if grant.stuck_step:
                    self.retry(grant.product_name)

    def _advance(self, grant_id: UUID) -> None:
        """Run one job; a worker that dies leaves it in the queue."""
        try:
            self.provisioning.advance(grant_id)
        except Killed:
            self.database.jobs.append(jobs.advance_grant(grant_id))

    def _product(self, grant_id: str) -> str:
        return self.database.rows.grants[UUID(grant_id)].product_name

    def _try(self, command: Callable[[Any, UUID], Grant], product: str) -> None:
        grant_id = self.provisioning.grant(self.partner_id, product).grant_id
        try:
            with self.database.open() as work:
                command(work, grant_id)
        except MoveNotAllowed:
            return


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=examples(150), stateful_step_count=40, deadline=None)
