"""Kinds of products, found by the entry points of the group `gangway.products`.

The products of this package are registered there like any other. Every process imports these modules, so
anything that reaches outside is imported when the steps are made.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, NoReturn

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from chassis.failures import NotNow
from chassis.frozen import Frozen
from provisioning.domain.leases import DAYS_MOST
from provisioning.domain.orders import GrantOrder
from provisioning.domain.products import OF_DEVICE, Product
from provisioning.handlers.ports import Outputs, Step

if TYPE_CHECKING:
    from provisioning.adapters.outside import Outside
    from provisioning.adapters.swept_products import MakeSwept

GROUP = "gangway.products"
NAME = r"^[a-z][a-z0-9_]{0,31}\Z"


class ClosedSchema(Schema):
    """A part of the catalogue file that refuses unknown fields."""

    class Meta:
        unknown = RAISE


def whole(most: int, least: int = 1, *, is_required: bool = True) -> fields.Integer:
    return fields.Integer(required=is_required, strict=True, validate=validate.Range(min=least, max=most))


class LeaseParameters(ClosedSchema):
    """What an entry of any product may say about its duration; without ``lease_days`` it has no end."""

    lease_days = whole(DAYS_MOST, is_required=False)
    lease_warning_days = fields.List(whole(365), validate=validate.Length(max=5))
    lease_grace_days = whole(365, 0, is_required=False)
    lease_extension_days = whole(DAYS_MOST, 0, is_required=False)


class OfferedProduct(Frozen):
    """One product, as this installation can make it.

    ``parameters`` checks those of a catalogue entry. ``make_steps`` returns the steps that ``product`` names,
    without any call; the steps are thread-safe. ``make_swept`` returns how a sweep lists its resources; None
    if nothing can.
    """

    product: Product
    parameters: Schema
    make_steps: Callable[["Outside"], Iterable[Step]]
    make_swept: "MakeSwept | None" = None


class ProductKind(Frozen):
    """What an entry point names: makes a product from a name and its part of the catalogue file.

    ``settings`` checks that part first. If nothing has to be configured, a product named like its kind exists
    without being declared.
    """

    offer: Callable[[str, Mapping[str, Any]], OfferedProduct]
    settings: Schema = field(default_factory=ClosedSchema)


@cache
def installed_kinds() -> Mapping[str, ProductKind]:
    """Return every kind that a package brings, by name. Raises TypeError for anything else."""
    kinds = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        kind = point.load()
        if not isinstance(kind, ProductKind):
            raise TypeError(f"{point.value}, the entry point {point.name} of {GROUP}, is no ProductKind")
        if point.name in kinds:
            raise TypeError(f"two packages bring a kind of products called {point.name}")
        kinds[point.name] = kind
    return kinds


def offered_products(declared: Mapping[str, Any]) -> Mapping[str, OfferedProduct]:
    """Return declared products, and kinds that need no declaration. Raises ValidationError by name."""
    kinds, offered, wrong = installed_kinds(), {}, {}
    undeclared = {name: {"kind": name} for name, kind in kinds.items() if not kind.settings.validate({})}
    for name, said in {**undeclared, **declared}.items():
        try:
            offered[name] = _offered(name, said, kinds)
        except ValidationError as error:
            wrong[name] = error.messages
    owners: dict[str, str] = {}
    for name, one in offered.items():
        for step in one.product.steps:
            if OF_DEVICE in step:
                wrong[name] = [f"has the step {step}, and {OF_DEVICE} stands before the key of a device only"]
            if owners.setdefault(step, name) != name:
                wrong[name] = [f"has the step {step}, which is one of {owners[step]}"]
    if wrong:
        raise ValidationError(wrong)
    return offered


def _offered(name: str, said: Any, kinds: Mapping[str, ProductKind]) -> OfferedProduct:
    validate.Regexp(NAME, error="is no name of a product: small letters, digits and _, at most 32")(name)
    if not isinstance(said, Mapping):
        raise ValidationError("says nothing of its kind")
    kind = kinds.get(str(said.get("kind")))
    if kind is None:
        raise ValidationError({"kind": [f"must be one of {', '.join(kinds)}"]})
    settings = {word: value for word, value in said.items() if word != "kind"}
    return kind.offer(name, kind.settings.load(settings))


class StepWithoutKind:
    """Stands for a step whose product is no longer installed, and says so until it is back."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _say(self, order: GrantOrder, outputs: Outputs) -> NoReturn:
        message = (
            f"Nothing here makes the step {self.name} of the product {order.product}: install its package, "
            "or declare the product in the catalogue again."
        )
        raise NotNow("product_not_installed", message)

    observe = apply = undo = freeze = unfreeze = _say


class StepsByName(dict[str, Step]):
    """All steps by name; a step that is no longer installed says so when called."""

    def __missing__(self, name: str) -> Step:
        return StepWithoutKind(name)
