"""Declared products as a sweep lists them: what an API lists, and what a broker was ever asked for."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

import jmespath

from chassis.failures import NeverPossible
from provisioning.adapters.aws.marks import id_in, order_of
from provisioning.adapters.http_resource_step import HttpResource, text_at
from provisioning.adapters.json_http import JsonHttp
from provisioning.adapters.service_broker import Instance, ServiceBroker
from provisioning.adapters.service_instance_step import instance_id_of
from provisioning.domain.findings import AskedFor, Mark, Thing, ThingKind
from provisioning.domain.sweeps import Part
from provisioning.handlers.ports import EverAsked, Page

_GRANTS_ON_A_PAGE = 20


class SweptProduct(Protocol):
    """One product as a sweep lists it; the things are called by ids of its own."""

    def page(self, cursor: str | None) -> Page: ...

    def find(self, own_id: str) -> Thing | None: ...

    def remove(self, own_id: str) -> None: ...


MakeSwept = Callable[[EverAsked], SweptProduct]


class SweptProducts:
    """Implements the port `Inventory` over all declared products that can be listed, one after the other."""

    kind = ThingKind.PRODUCT_RESOURCE

    def __init__(self, swept: Mapping[str, SweptProduct]) -> None:
        self._swept = swept

    def page(self, cursor: str | None) -> Page:
        """A cursor names the product, and the place in it."""
        product, _, place = (cursor or "").partition(" ")
        part = self.part_at(cursor)
        if part is None:
            return Page(())
        page = self._swept[part.name].page(place if place and part.name == product else None)
        once = {thing.outside_id: thing for thing in page.things}
        following = f"{part.name} {page.cursor}" if page.cursor else part.behind
        return Page(tuple(once.values()), following)

    def part_at(self, cursor: str | None) -> Part | None:
        """The product at the cursor, or the next one where the catalogue declares it no more."""
        product = (cursor or "").partition(" ")[0]
        names = sorted(name for name in self._swept if name >= product)
        return Part(names[0], next(iter(names[1:]), None)) if names else None

    def find(self, outside_id: str) -> Thing | None:
        """What the catalogue tells no more how to ask for is not known to be gone."""
        product, _, own_id = outside_id.partition(":")
        if product in self._swept:
            return self._swept[product].find(own_id)
        return _thing(product, own_id, Mark(is_former=True), own_id)

    def remove(self, thing: Thing) -> None:
        """Raises NeverPossible for what can be asked for no more."""
        product, _, own_id = thing.outside_id.partition(":")
        if product not in self._swept:
            raise NeverPossible("product_not_listed", f"The catalogue tells no more how to ask for {product}")
        self._swept[product].remove(own_id)


class SweptApi:
    """What an HTTP API lists, each with the id of the grant that it was made for."""

    def __init__(self, resource: HttpResource, api: JsonHttp, listed: Mapping[str, Any]) -> None:
        self._resource = resource
        self._api = api
        self._listed = listed

    def page(self, cursor: str | None) -> Page:
        """A cursor is the address of the page. Raises what the API's answer tells of."""
        answer = self._api.ask("GET", cursor or self._listed["path"]).checked()
        items = jmespath.search(self._listed["items"], answer.body)
        things = [self._thing(item) for item in items] if isinstance(items, list) else []
        following = text_at(self._listed["next"], answer.body) if self._listed["next"] else None
        return Page(tuple(filter(None, things)), answer.address(following) if following else None)

    def find(self, own_id: str) -> Thing | None:
        grant_id, _, resource_id = own_id.partition(":")
        order = order_of("", grant_id=UUID(grant_id))
        is_there = self._resource.shown(order, resource_id) is not None
        return self._seen(UUID(grant_id), resource_id) if is_there else None

    def remove(self, own_id: str) -> None:
        grant_id, _, resource_id = own_id.partition(":")
        self._resource.delete_one(order_of("", grant_id=UUID(grant_id)), resource_id)

    def _thing(self, item: Any) -> Thing | None:
        """None for what was made for no grant."""
        grant_id = id_in(text_at(self._listed["grant_id"], item) or "")
        resource_id = text_at(self._listed["id"], item)
        return self._seen(grant_id, resource_id) if grant_id and resource_id else None

    def _seen(self, grant_id: UUID, resource_id: str) -> Thing:
        return _thing(self._resource.name, f"{grant_id}:{resource_id}", Mark(grant_id=grant_id), resource_id)


class SweptBroker:
    """Instances that a broker was asked for: it lists none, so each is asked for by its id."""

    def __init__(self, product: str, broker: ServiceBroker, ever_asked: EverAsked) -> None:
        self._product = product
        self._broker = broker
        self._ever_asked = ever_asked

    def page(self, cursor: str | None) -> Page:
        """A cursor is the grant behind which to go on."""
        after = UUID(cursor) if cursor else None
        asked = self._ever_asked(self._product, limit=_GRANTS_ON_A_PAGE, after=after)
        seen = (self._seen(one, number) for one in asked for number in range(one.number + 1))
        things = tuple(thing for thing in seen if thing is not None)
        return Page(things, str(asked[-1].grant_id) if len(asked) == _GRANTS_ON_A_PAGE else None)

    def find(self, own_id: str) -> Thing | None:
        asked, number = self._asked(own_id)
        return self._seen(asked, number) if asked else None

    def remove(self, own_id: str) -> None:
        """Without an originating identity: nobody asked for it. What goes on there, the next look sees."""
        asked, number = self._asked(own_id)
        if asked:
            self._broker.take_away(_instance(asked, number))

    def _asked(self, own_id: str) -> tuple[AskedFor | None, int]:
        grant_id, _, number = own_id.partition(":")
        return next(iter(self._ever_asked(self._product, grant_id=UUID(grant_id))), None), int(number)

    def _seen(self, asked: AskedFor, number: int) -> Thing | None:
        instance = _instance(asked, number)
        if not self._broker.shows(instance):
            return None
        mark = Mark(grant_id=asked.grant_id, is_former=number < asked.number)
        return _thing(self._product, f"{asked.grant_id}:{number}", mark, instance.id)


def _instance(asked: AskedFor, number: int) -> Instance:
    return Instance(id=instance_id_of(asked.grant_id, number), plan_id=asked.plan_id)


def _thing(product: str, own_id: str, mark: Mark, label: str) -> Thing:
    return Thing(
        kind=ThingKind.PRODUCT_RESOURCE,
        product=product,
        outside_id=f"{product}:{own_id}",
        mark=mark,
        label=label,
    )
