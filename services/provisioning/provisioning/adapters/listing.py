"""The shape of an inventory: how one kind of things is listed, looked for, and taken away."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from chassis.failures import NotNow
from chassis.frozen import Frozen
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.handlers.ports import Page

Raw = TypeVar("Raw")


@dataclass(frozen=True)
class Seen:
    """What an answer of the outside says of one thing of ours."""

    outside_id: str
    mark: Mark
    label: str = ""


class Listing(Frozen, Generic[Raw]):
    """Implements the port `Inventory` over answers of the outside.

    ``pages`` returns some answers and the next cursor. ``seen`` returns None for what bears no mark of ours.
    ``sorting`` turns errors of the outside into `NotNow` and `NeverPossible`.
    """

    kind: ThingKind
    product: str
    pages: Callable[[str | None], tuple[Iterable[Raw], str | None]]
    seen: Callable[[Raw], Seen | None]
    look: Callable[[str], Raw | None]
    take_away: Callable[[Thing], object]
    sorting: Callable[[], AbstractContextManager[None]]

    def page(self, cursor: str | None) -> Page:
        with self.sorting():
            answers, following = self.pages(cursor)
            things = [thing for thing in map(self._thing, answers) if thing is not None]
        once = {thing.outside_id: thing for thing in things}
        return Page(tuple(once.values()), following or None)

    def part_at(self, _cursor: str | None) -> None:
        return None

    def find(self, outside_id: str) -> Thing | None:
        """Raises NotNow for an answer about something else, which is not to be taken away in its place."""
        with self.sorting():
            answer = self.look(outside_id)
            thing = None if answer is None else self._thing(answer)
        if thing is not None and thing.outside_id != outside_id:
            raise NotNow("answer_about_another", "The outside was asked for one thing and told of another.")
        return thing

    def remove(self, thing: Thing) -> None:
        with self.sorting():
            self.take_away(thing)

    def _thing(self, answer: Raw) -> Thing | None:
        seen = self.seen(answer)
        if seen is None:
            return None
        return Thing(
            kind=self.kind,
            product=self.product,
            outside_id=seen.outside_id,
            mark=seen.mark,
            label=seen.label,
        )
