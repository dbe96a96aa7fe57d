"""Who did something, in words: a colleague, one of their tokens, or the operations team."""

from collections.abc import Mapping
from uuid import UUID

from integrations.domain.integrator_log import Actor, by_person, by_token
from integrations.handlers.ports import Work


def actors_of(work: Work, integrator_id: UUID) -> Mapping[Actor, str]:
    """The names of people and tokens; who is missing is gone, or an operator."""
    people = {by_person(one.id): one.name for one in work.people.of_integrator(integrator_id)}
    tokens = work.api_tokens.of_integrator(integrator_id)
    return people | {by_token(str(one.id)): f"{one.label} …{one.hint}".lstrip() for one in tokens}
