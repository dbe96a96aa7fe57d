"""The people who sign in for an integrator."""

from integrations.domain.events import IntegratorPersonRemoved
from integrations.domain.integrator_log import Action
from integrations.domain.people import MOST_PEOPLE, Person
from integrations.domain.quotas import Act
from integrations.domain.refusals import QuotaReached
from integrations.handlers import quotas
from integrations.handlers.commands import AddPerson, RemovePerson
from integrations.handlers.ports import Work
from integrations.handlers.recording import record
from integrations.handlers.visits import id_for


class AddressTaken(Exception):
    """The integrator has a person with this mailbox already."""

    def __init__(self) -> None:
        super().__init__("The integrator has somebody with this address.")


def add_person(work: Work, command: AddPerson) -> Person | None:
    """None for an unknown integrator. Raises AddressTaken, QuotaReached and QuotaUsedUp.

    Counted, as each new person may be sent links: the count restarts when somebody is removed and added
    again.
    """
    if work.integrators.lock(command.integrator_id) is None:
        return None
    wanted = vars(command).copy()
    person_id = id_for(command.integrator_id, "person", wanted.pop("visit"))
    known = work.people.get(person_id)
    if known is not None and known.email == command.email:
        return known  # a second click on the same page
    quotas.use(work, command.integrator_id, Act.PERSON)
    if len(work.people.of_integrator(command.integrator_id)) >= MOST_PEOPLE:
        raise QuotaReached
    person = Person(id=id_for(person_id, "", None) if known else person_id, added_at=work.now(), **wanted)
    if not work.people.add(person):
        raise AddressTaken
    record(work, person.integrator_id, person.added_by, Action.PERSON_ADDED, subject_id=person.id)
    return person


def remove_person(work: Work, command: RemovePerson) -> Person | None:
    """Their sessions and links end, and notifications deletes them; None for an unknown one."""
    person = work.people.remove(command.integrator_id, command.person_id)
    if person is not None:
        event = IntegratorPersonRemoved(integrator_id=person.integrator_id, person_id=person.id)
        work.emit(event)
        record(work, person.integrator_id, command.by, Action.PERSON_REMOVED, subject_id=person.id)
    return person
