"""Who signs in for an integrator."""

from uuid_utils.compat import uuid7

from integrations.domain.events import IntegratorPersonRemoved
from integrations.domain.people import MOST_PEOPLE, Person
from integrations.domain.quotas import Act
from integrations.domain.refusals import QuotaReached
from integrations.handlers import quotas
from integrations.handlers.commands import AddPerson, RemovePerson
from integrations.handlers.ports import Work


class AddressTaken(Exception):
    """The integrator has somebody with this mailbox."""


def add_person(work: Work, command: AddPerson) -> Person | None:
    """None for an unknown integrator. Raises AddressTaken, QuotaReached and QuotaUsedUp.

    Counted, as each new person may be sent links: who is removed and added again begins at none.
    """
    if work.integrators.lock(command.integrator_id) is None:
        return None
    quotas.use(work, command.integrator_id, Act.PERSON)
    if len(work.people.of_integrator(command.integrator_id)) >= MOST_PEOPLE:
        raise QuotaReached
    person = Person(id=uuid7(), added_at=work.now(), **vars(command))
    if not work.people.add(person):
        raise AddressTaken
    return person


def remove_person(work: Work, command: RemovePerson) -> Person | None:
    """Their sessions and links end with it, and notifications forgets them; None for an unknown one."""
    person = work.people.remove(command.integrator_id, command.person_id)
    if person is not None:
        event = IntegratorPersonRemoved(integrator_id=person.integrator_id, person_id=person.id)
        work.emit(event)
    return person
